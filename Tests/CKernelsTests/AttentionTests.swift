import CKernels
import Testing

/// The kernels of `ck_attention.h` that this file tests.
let attentionKernels: [String] = []

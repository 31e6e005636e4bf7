import CKernels
import Testing

/// The kernels of `ck_norm.h` that this file tests.
let normKernels: [String] = []

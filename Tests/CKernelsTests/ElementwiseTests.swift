import CKernels
import Testing

/// The kernels of `ck_elementwise.h` that this file tests.
let elementwiseKernels: [String] = []

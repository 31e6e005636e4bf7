import CKernels
import Testing

/// The kernels of `ck_gemm.h` that this file tests.
let gemmKernels: [String] = []

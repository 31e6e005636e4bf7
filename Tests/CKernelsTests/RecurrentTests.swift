import CKernels
import Testing

/// The kernels of `ck_recurrent.h` that this file tests.
let recurrentKernels: [String] = []

import CKernels
import Testing

/// The kernels of `ck_conv.h` that this file tests.
let convKernels: [String] = []

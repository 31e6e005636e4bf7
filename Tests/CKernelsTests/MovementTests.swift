import CKernels
import Testing

/// The kernels of `ck_movement.h` that this file tests.
let movementKernels: [String] = []

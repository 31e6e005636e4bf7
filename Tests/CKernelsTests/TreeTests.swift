import CKernels
import Testing

/// The kernels of `ck_tree.h` that this file tests.
let treeKernels: [String] = []

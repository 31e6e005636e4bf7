import CKernels
import Testing

/// A table of kernels that this machine runs.
struct Kernels: CustomTestStringConvertible, Sendable {
    let table: ck_kernels
    var testDescription: String { ["portable", "AVX2", "AVX-512", "AVX-512 with VNNI"][Int(table.isa.rawValue)] }

    static let available = [CK_PORTABLE, CK_AVX2, CK_AVX512, CK_AVX512_VNNI].filter { ck_isa_is_available($0) }
        .map { Kernels(table: ck_kernels_for($0).pointee) }
}

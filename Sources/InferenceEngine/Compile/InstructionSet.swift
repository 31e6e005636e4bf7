import CKernels

/// The instructions that kernels are made of.
package enum InstructionSet: String, CaseIterable, Sendable {
    case portable
    case avx2
    case avx512
    case avx512vnni

    /// Those that this processor has.
    package static var available: [InstructionSet] { allCases.filter { ck_isa_is_available($0.isa) } }

    /// The widest that this processor has.
    package static let best = available.last ?? .portable

    var isa: ck_isa {
        switch self {
        case .portable: CK_PORTABLE
        case .avx2: CK_AVX2
        case .avx512: CK_AVX512
        case .avx512vnni: CK_AVX512_VNNI
        }
    }
}

extension KernelTables {
    init(_ options: InferenceOptions) {
        isa = (options.instructionSet ?? .best).isa
        threads = .shared(threadCount: options.threadCount ?? ThreadPool.usableProcessorCount)
    }
}

import Diagnostics

/// The failures of preparing a benchmark.
enum BenchCode: String, DiagnosticCode {
    /// A `--shape` is not of its form, or does not fit what the model declares.
    case shape
    /// An input that a `--shape` names is none of the model's.
    case unknownInput
    /// An input whose values cannot be drawn at random.
    case unsupportedInput
    /// Values that would take more memory than allowed.
    case limit

    var kind: DiagnosticKind {
        switch self {
        case .shape, .unknownInput: .usage
        case .unsupportedInput: .unsupported
        case .limit: .invalid
        }
    }
}

/// An error of a benchmark.
typealias BenchError = DiagnosticError<BenchCode>

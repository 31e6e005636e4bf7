package import Diagnostics

/// The failures of quantising a model.
package enum QuantizationCode: String, DiagnosticCode {
    case calibration
    case model
    case nothingToQuantize
    case opset
    case unknownLayer

    package var kind: DiagnosticKind {
        switch self {
        case .calibration, .model: .invalid
        case .nothingToQuantize, .opset: .unsupported
        case .unknownLayer: .usage
        }
    }
}

/// An error of this module.
package typealias QuantizationError = DiagnosticError<QuantizationCode>

/// Runs `body`, whose failures become this module's.
func converting<Result, Failure: Diagnostic>(
    _ code: QuantizationCode,
    _ body: () throws(Failure) -> Result
) throws(QuantizationError) -> Result {
    do {
        return try body()
    } catch {
        throw QuantizationError(code, at: error.place, error.message, cause: error.cause, hint: error.hint)
    }
}

package import Diagnostics
import Tensors

/// The failures of reading ONNX files.
package enum OnnxReaderCode: String, DiagnosticCode {
    /// The bytes end inside a field.
    case truncated
    /// The bytes are not a protobuf message, or a field has another wire type than ONNX gives it.
    case wire
    /// A string is not UTF-8, or holds a NUL.
    case text
    /// A value is out of its range, missing, given twice, or contradicts another.
    case value
    /// The file asks for more than the limits allow.
    case limit
    /// Legal ONNX that is not read here.
    case unsupported
    /// A tensor's external data breaks the rules for it.
    case externalData
    case notFound
    /// The system refuses a file or memory.
    case refused

    package var kind: DiagnosticKind {
        switch self {
        case .truncated, .wire, .text, .value, .limit, .externalData: .invalid
        case .unsupported: .unsupported
        case .notFound: .notFound
        case .refused: .environment
        }
    }
}

/// An error of this module.
package typealias OnnxReaderError = DiagnosticError<OnnxReaderCode>

extension DiagnosticError<OnnxReaderCode> {
    init(_ error: TensorError) {
        self.init(error.code == .memory ? .refused : .value, at: error.place, error.message)
    }
}

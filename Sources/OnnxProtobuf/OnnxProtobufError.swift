package import Diagnostics
import Files
import Tensors

/// The failures of writing ONNX files, and of reading them through protobuf-c.
package enum OnnxProtobufCode: String, DiagnosticCode {
    /// A string that protobuf-c cannot hold, because it ends at the first NUL.
    case text
    /// Graphs or types lie too deep inside each other to be read again.
    case depth
    /// The file would be larger than protobuf allows.
    case tooLarge
    /// protobuf-c does not take the bytes for the message.
    case wire
    /// The messages do not make a model.
    case value
    case notFound
    /// The system refuses a file or memory.
    case refused

    package var kind: DiagnosticKind {
        switch self {
        case .text, .depth, .tooLarge, .wire, .value: .invalid
        case .notFound: .notFound
        case .refused: .environment
        }
    }
}

/// An error of this module.
package typealias OnnxProtobufError = DiagnosticError<OnnxProtobufCode>

extension DiagnosticError<OnnxProtobufCode> {
    init(_ error: FileError) {
        self.init(error.code == .notFound ? .notFound : .refused, at: error.place, error.message)
    }

    init(_ error: TensorError) {
        self.init(error.code == .memory ? .refused : .value, at: error.place, error.message)
    }
}

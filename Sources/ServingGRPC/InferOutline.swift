import Diagnostics
import OnnxReader
import ServingCore

/// Which model a request for inference is for, which is found out before the request is read.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`, `ModelInferRequest`.
struct InferOutline {
    private(set) var modelName = ""
    private(set) var modelVersion: String?

    /// More fields than this are left to the thread that reads the request.
    private static let fieldCount = 64

    /// The outline of a message that starts somewhere in some bytes; `nil` for one that is broken or has many fields.
    init?(_ bytes: [UInt8], from start: Int) {
        do throws(ServingError) {
            var count = 0
            try MessageReader.read(bytes, from: start, "ModelInferRequest") { reader, field throws(ServingError) in
                count += 1
                guard count <= Self.fieldCount else { throw ServingError(.request, "there are many fields") }
                switch field.number {
                case 1: modelName = try reader.string(field)
                case 2:
                    let version = try reader.string(field)
                    modelVersion = version.isEmpty ? nil : version
                default: return false
                }
                return true
            }
        } catch {
            return nil
        }
    }

    /// The priority that a request asks for; 0 for none.
    static func priority(_ bytes: [UInt8], from start: Int) -> Int {
        var priority = 0
        try? MessageReader.read(bytes, from: start, "ModelInferRequest") { reader, field throws(ServingError) in
            guard field.number == 4 else { return false }
            let parameter = try InferParameter(&reader, field)
            if parameter.name == "priority" { priority = try parameter.int(in: 0...Int.max) ?? 0 }
            return true
        }
        return priority
    }
}

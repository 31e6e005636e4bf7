import Diagnostics
import OnnxReader
import ServingCore

/// Which model a request for inference is for, and how urgent it is, which is found out before the request is read.
///
/// *Source*: Open Inference Protocol, `grpc_predict_v2.proto`, `ModelInferRequest`.
struct InferOutline {
    private(set) var modelName = ""
    private(set) var modelVersion: String?
    /// The priority that the request asks for; 0 for none.
    private(set) var priority = 0

    /// A request with more fields than this is answered alone.
    private static let fieldCount = 64

    /// The outline of a message that begins somewhere in some bytes; `nil` for one that is broken or has many fields.
    init?(_ bytes: [UInt8], from start: Int) {
        var count = 0
        do throws(ServingError) {
            try MessageReader.read(bytes, from: start, "ModelInferRequest") { reader, field throws(ServingError) in
                count += 1
                guard count <= Self.fieldCount else { throw ServingError(.request, "there are many fields") }
                switch field.number {
                case 1: modelName = try reader.string(field)
                case 2:
                    let version = try reader.string(field)
                    modelVersion = version.isEmpty ? nil : version
                case 4:
                    let parameter = try InferParameter(&reader, field)
                    if parameter.name == "priority" { priority = try parameter.int(in: 0...Int.max) ?? 0 }
                default: return false
                }
                return true
            }
        } catch {
            return nil
        }
    }
}

extension ModelRepository {
    /// The model that answers a request.
    ///
    /// *Parameter* field: the value of a field of the call's metadata, by its name in lower case.
    func model(_ outline: InferOutline, answering field: (String) -> String?) throws(ServingError) -> ServedModel {
        try model(outline.modelName, version: outline.modelVersion, answering: field)
    }
}

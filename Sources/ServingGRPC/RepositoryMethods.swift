import Diagnostics
import OnnxReader
import ServingCore
import ServingTransport

/// What is loaded, and loading and unloading it.
///
/// *Source*: Triton, Model Repository Extension.
let repositoryMethods = [
    inferenceMethod("RepositoryIndex", group: .metadata) { bytes, context throws(ServingError) in
        let request = try RepositoryRequest(bytes, "RepositoryIndexRequest")
        let entries = context.plane.models.entries.filter { $0.isReady || !request.wantsReadyOnly }
        return message { writer in
            for entry in entries {
                writer.write(1) { message in
                    message.write(1, entry.name)
                    message.write(2, entry.version)
                    message.write(3, entry.isReady ? "READY" : "UNAVAILABLE")
                    message.write(4, entry.reason)
                }
            }
        }
    },
    inferenceMethod("RepositoryModelLoad", .background, group: .admin) { bytes, context throws(ServingError) in
        let request = try RepositoryRequest(bytes, "RepositoryModelLoadRequest")
        try context.plane.models.load(request.modelName)
        return []
    },
    inferenceMethod("RepositoryModelUnload", .background, group: .admin) { bytes, context throws(ServingError) in
        try context.plane.models.unload(try RepositoryRequest(bytes, "RepositoryModelUnloadRequest").modelName)
        return []
    },
]

private struct RepositoryRequest {
    private(set) var modelName = ""
    private(set) var wantsReadyOnly = false

    init(_ bytes: [UInt8], _ message: StaticString) throws(ServingError) {
        try MessageReader.read(bytes, message) { reader, field throws(ServingError) in
            switch (field.number, field.type) {
            case (2, .varint): wantsReadyOnly = try reader.bool(field)
            case (2, _): modelName = try reader.string(field)
            case (3, _): try readParameter(&reader, field)
            default: return false
            }
            return true
        }
    }

    /// Models that the request itself brings are refused.
    private func readParameter(_ reader: inout MessageReader, _ field: WireField) throws(ServingError) {
        try reader.message(field, "ParametersEntry") { reader, field throws(ServingError) in
            guard field.number == 1 else { return false }
            let name = try reader.string(field)
            guard name != "config", !name.hasPrefix("file:") else {
                throw ServingError(
                    .unsupported,
                    "the parameter `\(name)` is not supported, expected models and settings in files"
                )
            }
            return true
        }
    }
}

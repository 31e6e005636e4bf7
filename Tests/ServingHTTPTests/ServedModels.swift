import Foundation
import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport

/// The path of a model among the fixtures of `ServingCoreTests`.
func servedModelPath(_ name: String) -> String {
    repositoryRoot + "/Tests/ServingCoreTests/Fixtures/models/\(name).onnx"
}

/// A router over models of the fixtures.
func servedModels(_ names: [String]) throws -> Router { Router(plane: try dataPlane(names)) }

/// A data plane over models of the fixtures.
func dataPlane(_ names: [String] = []) throws -> DataPlane {
    DataPlane(try ModelCatalog(paths: names.map(servedModelPath)))
}

/// The bytes of a file.
func readBytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

extension HTTPResponse {
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The error that the body holds.
    var error: String? { (try? JSONValue.parse(body))?["error"]?.string }
}

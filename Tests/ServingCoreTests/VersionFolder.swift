import Foundation
import TestSupport

/// A folder `m` with versions of a model.
struct VersionFolder {
    private let folder: TemporaryFolder
    /// The folder that holds `m`.
    var path: String { folder.path }

    init(_ versions: [String], manifest: String? = nil) throws {
        folder = try TemporaryFolder()
        for version in versions { try add(version) }
        if let manifest { try write(manifest) }
    }

    /// Writes a version, or writes it anew in place.
    func add(_ version: String, _ model: String = "linear") throws {
        let target = file("\(version)/model.onnx")
        try FileManager.default.createDirectory(atPath: file(version), withIntermediateDirectories: true)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: fixturePath("models/\(model).onnx")))
        try bytes.write(to: URL(fileURLWithPath: target))
    }

    func write(_ manifest: String) throws {
        try Data(manifest.utf8).write(to: URL(fileURLWithPath: file("model.yaml")))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

    func file(_ name: String) -> String { folder.file("m/\(name)") }
}

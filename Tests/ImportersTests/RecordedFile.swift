import Diagnostics
import Foundation
import Testing
import ModelFormats
import ModelImport
import OnnxProtobuf
import Tensors
import TestSupport

/// A model's file, and what its framework predicted with it.
struct RecordedFile: Sendable, CustomTestStringConvertible {
    var folder: String
    var test: String
    var name: String

    var path: String { fixturePath("\(folder)/\(name)") }
    var testDescription: String { "\(folder)/\(name)" }

    func recorded() throws -> [NamedTensor] {
        try readNpz(try fixture("\(folder)/\(test).npz"))
    }
}

/// The files that the `cases.json` of folders lists.
func recordedFiles(in folders: [String]) -> [RecordedFile] {
    folders.flatMap { folder in
        let data = (try? fixture("\(folder)/cases.json")).map { Data($0) } ?? Data()
        let cases = (try? JSONDecoder().decode([String: [String]].self, from: data)) ?? [:]
        return cases.sorted { $0.key < $1.key }.flatMap { test, names in
            names.map { RecordedFile(folder: folder, test: test, name: $0) }
        }
    }
}

/// Numbers and booleans as doubles.
func doubles(_ tensor: Tensor) throws -> [Double] {
    switch tensor.elementType {
    case .float: try tensor.elements(as: Float.self).map { Double($0) }
    case .double: try tensor.elements(as: Double.self)
    case .int64: try tensor.elements(as: Int64.self).map { Double($0) }
    case .int32: try tensor.elements(as: Int32.self).map { Double($0) }
    case .bool: try tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
    default: throw TensorError(.elementType, "no number")
    }
}

/// The bytes of a model's file.
func serialized(_ imported: ImportedModel) throws -> [UInt8] {
    try serialize(imported.model)
}

/// Writes bytes as a whole file.
func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// The bytes of a file of the repository.
func repositoryFile(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: repositoryRoot + "/" + path)))
}

import Foundation
import OnnxIR
import OnnxProtobuf
import OnnxReader
import Tensors
import TestSupport
import Testing

/// Our reader, protobuf-c and the writer, over Debian's libonnx-testdata: ONNX 1.12, written by the standard's scripts.
@Suite struct TwoReadersTests {
    static let folder = "/usr/share/libonnx-testdata/data"

    static func files(named suffix: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
    }

    @Test func `both readers agree on every model, also after writing it`() throws {
        let paths = Self.files(named: ".onnx")
        #expect(paths.count == 1072)
        for path in paths {
            let bytes = try mapFile(path)
            let model = try readModel(bytes)
            #expect(firstDifference(model, try readModelWithProtobuf(bytes)) == nil, "\(path)")
            let written = try region(try serialize(model))
            #expect(firstDifference(model, try readModel(written)) == nil, "\(path)")
            #expect(firstDifference(model, try readModelWithProtobuf(written)) == nil, "\(path)")
        }
    }

    @Test func `both readers agree on every value, and tensors also after writing them`() throws {
        var count = 0
        for path in Self.files(named: "model.onnx") {
            let graph = try readModel(path: path).graph
            let folder = String(path.dropLast("model.onnx".count))
            let sets = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                $0.hasPrefix("test_data_set")
            }
            for (kind, infos) in [("input", graph.requiredInputs), ("output", graph.outputs)] {
                for (index, info) in infos.enumerated() {
                    for file in sets.map({ "\(folder)\($0)/\(kind)_\(index).pb" })
                    where FileManager.default.fileExists(atPath: file) {
                        try checkAgreement(onValueIn: file, type: info.type)
                        count += 1
                    }
                }
            }
        }
        #expect(count > 3000, "\(count)")
    }

    @Test(
        arguments: [
            ("maps", .sequence(.map(key: .int64, value: .tensor(.float, shape: nil)))), ("maps", .sequence(nil)),
            ("some", .optional(nil)), ("none", .optional(nil)),
        ] as [(String, ValueType)]
    )
    func `both readers agree on sequences, maps and optionals`(name: String, type: ValueType) throws {
        let path = repositoryRoot + "/Tests/OnnxReaderTests/Fixtures/models/\(name).pb"
        try checkAgreement(onValueIn: path, type: type)
    }

    private func checkAgreement(onValueIn path: String, type: ValueType?) throws {
        let bytes = try mapFile(path)
        let value = try readValue(bytes, type: type).value
        #expect(firstDifference(value, try readValueWithProtobuf(bytes, type: type)) == nil, "\(path)")
        guard value.tensor != nil else { return }
        let tensor = try readTensor(bytes)
        #expect(firstDifference(tensor, try readTensorWithProtobuf(bytes)) == nil, "\(path)")
        let written = try region(try serialize(tensor))
        #expect(firstDifference(tensor, try readTensor(written)) == nil, "\(path)")
    }

    @Test(arguments: WriteModelTests.fixtures)
    func `protobuf-c sees the same model in a damaged file that ours accepts`(
        name: String
    ) throws {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: WriteModelTests.path(name))))
        var random = SeededRandom(seed: 7)
        var accepted = 0
        for _ in 0..<1500 {
            let damaged = try region(mutated(bytes, with: &random))
            guard let model = try? readModel(damaged) else { continue }
            let second = try? readModelWithProtobuf(damaged)
            #expect(second.map { firstDifference(model, $0) ?? "same" } == "same")
            accepted += 1
        }
        #expect(accepted > 50)
    }

    private func region(_ bytes: [UInt8]) throws -> MemoryRegion {
        try bytes.withUnsafeBytes { try MemoryRegion.copying($0) }
    }
}

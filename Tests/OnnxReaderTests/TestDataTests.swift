import Foundation
import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

/// Debian's libonnx-testdata, ONNX 1.12: models that the standard's own scripts wrote.
@Suite struct TestDataTests {
    static let folder = "/usr/share/libonnx-testdata/data"

    static func files(named suffix: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
    }

    @Test func `every model of ONNX's test data is read`() throws {
        let paths = Self.files(named: ".onnx")
        #expect(paths.count == 1072)
        for path in paths {
            let model = try readModel(path: path)
            #expect(!model.graph.outputs.isEmpty, "\(path)")
        }
    }

    @Test func `every input and output of ONNX's test data is read as the type its model gives it`() throws {
        var count = 0
        for path in Self.files(named: "model.onnx") {
            let model = try readModel(path: path)
            let folder = path.dropLast("model.onnx".count)
            let sets = (try? FileManager.default.contentsOfDirectory(atPath: String(folder))) ?? []
            for set in sets where set.hasPrefix("test_data_set_") {
                for (kind, infos) in [("input", model.graph.requiredInputs), ("output", model.graph.outputs)] {
                    for (index, info) in infos.enumerated() {
                        let file = "\(folder)\(set)/\(kind)_\(index).pb"
                        guard FileManager.default.fileExists(atPath: file) else { continue }
                        let value = try readValue(try mapFile(file), type: info.type).value
                        if case .tensor(let element, shape: _) = info.type {
                            // NUMERICS: ONNX 1.12 wrote the bits of bfloat16 as a tensor of uint16.
                            let stored = element == .bfloat16 ? .uint16 : element
                            #expect(value.tensor?.elementType == stored, "\(file)")
                        }
                        count += 1
                    }
                }
            }
        }
        #expect(count > 3000, "\(count)")
    }
}

import Foundation
import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

/// Nothing that a file holds may end the process: each of these reads something that is broken, and goes on.
@Suite struct DamagedFileTests {
    static let models = ["models/element-types.onnx", "models/features.onnx"]

    @Test(arguments: models) func `a file cut at any byte is an error, or ends between two fields`(name: String) throws
    {
        let bytes = try fixture(name)
        var accepted = 0
        for count in 0..<bytes.count {
            guard let model = try? readModel(try Wire.region(Array(bytes[..<count]))) else { continue }
            #expect(!model.graph.nodes.isEmpty)
            accepted += 1
        }
        // Only fields of ModelProto that follow the graph can go missing unseen.
        #expect(accepted <= 16, "\(accepted)")
    }

    @Test(arguments: models) func `seeded mutations never end the process`(name: String) throws {
        let bytes = try fixture(name)
        var random = SeededRandom(seed: 2026)
        var refused = 0
        for _ in 0..<5000 {
            let damaged = mutated(bytes, with: &random)
            do {
                Self.touch(try readModel(try Wire.region(damaged), folder: "/nonexistent"))
            } catch is OnnxReaderError {
                refused += 1
            }
        }
        #expect(refused > 1000)
        #expect(refused < 5000)
    }

    @Test func `what crashed a reader once ends no process`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: fixturePath("crashes"))
        let files = names.filter { !$0.hasSuffix(".py") }
        #expect(!files.isEmpty)
        for name in files {
            let region = try Wire.region(try fixture("crashes/" + name))
            (try? readModel(region, folder: "/nonexistent")).map(Self.touch)
        }
    }

    /// Reads every byte of every weight.
    static func touch(_ model: Model) {
        for initializer in model.graph.initializers {
            _ = initializer.tensor.region?.bytes.reduce(0, &+)
        }
    }
}

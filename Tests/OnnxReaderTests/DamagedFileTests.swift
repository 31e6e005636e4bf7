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
        var random = Generator(seed: 20_26)
        var refused = 0
        for _ in 0..<5000 {
            let damaged = Self.mutated(bytes, &random)
            do {
                Self.touch(try readModel(try Wire.region(damaged), folder: "/nonexistent"))
            } catch is OnnxReaderError {
                refused += 1
            }
        }
        #expect(refused > 1000)
        #expect(refused < 5000)
    }

    @Test func `what once crashed the reader is read`() throws {
        let folder = fixturePath("crashes")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
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

    static func mutated(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
            case 3: bytes.remove(at: index)
            default:
                let end = min(bytes.count, index + Int.random(in: 1...32, using: &random))
                bytes.append(contentsOf: bytes[index..<end])
            }
        }
        return bytes
    }

    /// SplitMix64: the same numbers everywhere.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}

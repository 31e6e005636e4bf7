import Diagnostics
import ImageDecoders
import InferenceEngine
import OnnxIR
import TestSupport
import Tensors
import Testing

/// The operator with the decoder, in a session.
@Suite struct SessionTests {
    private static func run(_ bytes: [UInt8], byteLimit: Int = 1 << 24) throws -> Tensor {
        var graph = Graph(name: "test")
        graph.inputs = [ValueInfo(name: "x", type: .tensor(.uint8, shape: [.unknown]))]
        graph.outputs = [ValueInfo(name: "y", type: .tensor(.uint8, shape: [.unknown, .unknown, .fixed(3)]))]
        graph.nodes = [Node("ImageDecoder", name: "n", inputs: ["x"], outputs: ["y"])]
        let model = Model(irVersion: 9, opsetImports: [OpsetImport(domain: .onnx, version: 20)], graph: graph)
        var options = InferenceOptions.default
        options.imageDecoder = ImageFileDecoder()
        options.limits.tensorByteCount = byteLimit
        let outputs = try InferenceSession(model, options: options).run(["x": .tensor(Tensor(bytes))])
        return try #require(outputs["y"]?.tensor)
    }

    @Test func `an image is decoded`() throws {
        let bytes = try fixture("images/progressive.jpg")
        #expect(try Self.run(bytes).elements(as: UInt8.self) == pixels(bytes).elements(as: UInt8.self))
    }

    @Test(arguments: [[], [1, 2, 3], [0xFF, 0xD8, 0xFF, 0xE0]] as [[UInt8]])
    func `what is no image gives an empty matrix`(bytes: [UInt8]) throws {
        #expect(try Self.run(bytes).shape.dimensions == [0, 0, 3])
    }

    @Test func `an image that is too large is an error and no empty matrix`() throws {
        let error = #expect(throws: EngineError.self) { try Self.run(fixture("images/rgb.png"), byteLimit: 800) }
        #expect(
            error?.description == """
                node `n` (ImageDecoder, opset 20): image `PNG`: decoding 14 columns and 11 rows takes more than the \
                limit of 800 bytes
                """
        )
    }
}

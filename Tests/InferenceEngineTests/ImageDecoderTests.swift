import Diagnostics
import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Takes bytes for the pixels of a row, an odd number of them for no image, and more than 100 for too many.
struct RowDecoder: ImageDecoding {
    func decode(_ bytes: UnsafeRawBufferPointer, as format: PixelFormat, byteLimit: Int) throws(EngineError) -> Tensor {
        guard bytes.count % 2 == 0 else { throw EngineError(.value, "an odd number of bytes") }
        guard bytes.count <= 100 else { throw EngineError(.limit, "more than 100 bytes") }
        let samples = bytes.flatMap { [UInt8](repeating: $0, count: format.channelCount) }
        let shape = Shape([1, bytes.count, format.channelCount])
        do throws(TensorError) {
            return try Tensor(samples, shape: shape)
        } catch {
            throw EngineError(.memory, error.message)
        }
    }
}

@Suite struct ImageDecoderTests {
    private static func tester(_ format: String? = nil, decoder: (any ImageDecoding)? = RowDecoder()) -> OperatorTester
    {
        let attributes = format.map { [Attribute("pixel_format", .string(Array($0.utf8)))] } ?? []
        var tester = OperatorTester("ImageDecoder", opset: 20, attributes)
        tester.options.imageDecoder = decoder
        return tester
    }

    private static func bytes(_ count: Int, _ shape: [Int]? = nil) throws -> Tensor {
        try Tensor([UInt8](repeating: 7, count: count), shape: shape.flatMap { Shape($0) })
    }

    @Test func `without a decoder, a model with the operator is refused when it is loaded`() throws {
        let model = Self.tester().model([.tensor(try Self.bytes(2))], outputCount: 1)
        let error = #expect(throws: EngineError.self) { try InferenceSession(model) }
        #expect(error?.code == .unsupportedOperator)
        #expect(
            error?.description == """
                node `n` (ImageDecoder, opset 20): operator `ImageDecoder` of domain `ai.onnx` is not supported without \
                an image decoder
                """
        )
        #expect(error?.hint == "`mlpack run` and `mlpack serve` have one, the static `mlpack-serve` has none")
    }

    @Test(arguments: [(nil, 3), ("RGB", 3), ("BGR", 3), ("Grayscale", 1)])
    func `an image is height, width and channels`(format: String?, channelCount: Int) throws {
        let tester = Self.tester(format)
        let model = tester.model([.tensor(try Self.bytes(4))], outputCount: 1)
        let declared = try InferenceSession(model, options: tester.options).outputs.first?.type
        #expect(declared == .tensor(.uint8, shape: [.unknown, .unknown, .fixed(channelCount)]))
        let image = try tester.run([Self.bytes(4)])
        #expect(image.first?.tensor?.shape.dimensions == [1, 4, channelCount])
    }

    @Test func `what cannot be decoded gives an empty matrix`() throws {
        let image = try Self.tester().run([Self.bytes(3)])
        #expect(describe(image.first) == "uint8 [0, 0, 3] []")
    }

    @Test(arguments: [
        (nil, 2, [1, 2], "the encoded image is `uint8` [1, 2], expected a vector of `uint8`"),
        (nil, 102, [102], "more than 100 bytes"),
        ("RGBA", 2, [2], "attribute `pixel_format` is `RGBA`, expected one of `RGB`, `BGR`, `Grayscale`"),
    ])
    func `errors are placed at the node`(format: String?, count: Int, shape: [Int], words: String) throws {
        #expect(
            Self.tester(format).error([try Self.bytes(count, shape)]) == "node `n` (ImageDecoder, opset 20): \(words)"
        )
    }
}

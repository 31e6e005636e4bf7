import Diagnostics
import OnnxIR
import Tensors

/// The pixels of an encoded image: height, width, channels.
struct ImageDecoder: Operator {
    private let decoder: any ImageDecoding
    private let format: PixelFormat

    static let definition = OperatorDefinition("ImageDecoder", since: 20) { node throws(EngineError) in
        guard let decoder = node.imageDecoder else {
            throw EngineError(
                .unsupportedOperator,
                "operator `ImageDecoder` of domain `ai.onnx` is not supported without an image decoder",
                hint: "`mlpack run` and `mlpack serve` have one, the static `mlpack-serve` has none"
            )
        }
        return ImageDecoder(decoder: decoder, format: try node.choice("pixel_format", default: .rgb))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.uint8, [.unknown, .unknown, .fixed(format.channelCount)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let encoded = try call.tensor(0)
        guard encoded.elementType == .uint8, encoded.shape.rank == 1 else {
            throw EngineError(
                .input,
                "the encoded image is `\(encoded.elementType.name)` \(encoded.shape), expected a vector of `uint8`"
            )
        }
        let bytes = UnsafeRawBufferPointer(start: try encoded.bytePointer(), count: encoded.shape.elementCount)
        do throws(EngineError) {
            return [.tensor(try decoder.decode(bytes, as: format, byteLimit: call.state.freeByteCount))]
        } catch {
            guard error.code == .value else { throw error }
            // SPEC: what cannot be decoded, for whatever reason, gives an empty matrix.
            return [.tensor(try .of([UInt8](), try call.shape([0, 0, format.channelCount])))]
        }
    }
}

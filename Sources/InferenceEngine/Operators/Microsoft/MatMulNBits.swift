import Diagnostics
import OnnxIR
import Tensors

/// The product of a matrix and of weights that are quantised block by block along each column, plus a bias.
struct MatMulNBits: Operator {
    let inner: Int
    let columns: Int
    let bitCount: Int
    let blockSize: Int

    static let definition = OperatorDefinition("MatMulNBits", domain: .microsoft, since: 1, halves: .widened) {
        node throws(EngineError) in
        try MatMulNBits(node)
    }

    private init(_ node: NodeContext) throws(EngineError) {
        inner = try Self.extent("K", node)
        columns = try Self.extent("N", node)
        bitCount = try node.packedBitCount()
        blockSize = try node.quantizationBlockSize(node.required("block_size", node.int("block_size")))
        let layout = try node.int("weight_prepacked", default: 0)
        guard layout == 0 else {
            throw EngineError(
                .unsupportedAttribute,
                "attribute `weight_prepacked` is \(layout), which is not supported"
            )
        }
    }

    private static func extent(_ name: String, _ node: NodeContext) throws(EngineError) -> Int {
        let extent = try node.required(name, node.int(name))
        guard extent > 0, extent <= 1 << 31 else { throw .attribute(name, extent, expected: "1 to \(1 << 31)") }
        return extent
    }

    var blockCount: Int { (inner + blockSize - 1) / blockSize }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), inputs.shape().map { Array($0.dropLast()) + [.fixed(columns)] })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard input.shape.dimensions.last == inner else {
            throw EngineError(.shape, "the input has shape \(input.shape), expected \(inner) columns")
        }
        let source = try input.pointer(Float.self)
        let shape = try call.shape(input.shape.dimensions.dropLast() + [columns])
        var product: Tensor
        if try call.tensor(1).shape.elementCount == 0 {
            // SPEC: weights without elements stand for a projection that is left out.
            product = try call.tensor(of: Float.self, shape, zeroed: true) { _ in }
        } else {
            let weights = try weights(call)
            let factors = try weights.pointer(Float.self)
            product = try call.tensor(of: Float.self, shape, zeroed: true) { target in
                addProduct(
                    MatrixView(base: source, rowStride: inner, columnStride: 1),
                    factors,
                    target,
                    rows: input.shape.elementCount / inner,
                    inner: inner,
                    columns: columns
                )
            }
            withExtendedLifetime(weights) {}
        }
        if let bias = try call.optionalTensor(5) { product = try call.adding(bias, toColumnsOf: product) }
        return [.tensor(product)]
    }

    /// The weights as numbers, `[inner, columns]`.
    private func weights(_ call: OperatorCall) throws(EngineError) -> Tensor {
        let packed = try call.tensor(1)
        guard packed.shape.dimensions == [columns, blockCount, blockSize * bitCount / 8] else {
            let expected = "[\(columns), \(blockCount), \(blockSize * bitCount / 8)]"
            throw EngineError(.shape, "the weights have shape \(packed.shape), expected \(expected)")
        }
        let numbers = PackedBits(bytes: try packed.pointer(UInt8.self), bitCount: bitCount)
        let scales = try numbersOfBlocks("the scales", call.tensor(2))
        let zeros = try zeroPoints(call.optionalTensor(3))
        let blocks = try blocks(call)
        let shape = try call.shape([inner, columns])
        return try call.tensor(of: Float.self, shape) { target in
            for column in 0..<columns {
                for row in 0..<inner {
                    let block = column &* blockCount &+ blocks[row]
                    let number = numbers[column &* blockCount &* blockSize &+ row]
                    target[row &* columns &+ column] = (Float(number) - zeros[block]) * scales[block]
                }
            }
        }
    }

    /// The number of each block.
    func numbersOfBlocks(_ name: String, _ tensor: Tensor) throws(EngineError) -> [Float] {
        guard tensor.shape.elementCount == columns * blockCount else {
            throw EngineError(.shape, "\(name) have shape \(tensor.shape), expected [\(columns), \(blockCount)]")
        }
        return try tensor.array(of: Float.self)
    }

    /// The zero point of each block: given as a number or in as many bits as the weights, or else the middle of their
    /// range.
    func zeroPoints(_ tensor: Tensor?) throws(EngineError) -> [Float] {
        guard let tensor else {
            return [Float](repeating: Float(1 << (bitCount - 1)), count: columns * blockCount)
        }
        guard tensor.elementType == .uint8 else { return try numbersOfBlocks("the zero points", tensor) }
        let byteCount = (blockCount * bitCount + 7) / 8
        guard tensor.shape.elementCount == columns * byteCount else {
            throw EngineError(.shape, "the zero points have shape \(tensor.shape), expected [\(columns), \(byteCount)]")
        }
        let numbers = PackedBits(bytes: try tensor.pointer(UInt8.self), bitCount: bitCount)
        let rowLength = byteCount * numbers.countPerByte
        return (0..<columns * blockCount).map { index in
            Float(numbers[index / blockCount * rowLength + index % blockCount])
        }
    }

    /// The block of each row: as given, or one behind the other.
    private func blocks(_ call: OperatorCall) throws(EngineError) -> [Int] {
        guard let given = try call.integers(4) else { return (0..<inner).map { $0 / blockSize } }
        guard given.count == inner || given.count == blockCount * blockSize else {
            throw EngineError(.shape, "`g_idx` has \(given.count) elements, expected \(inner)")
        }
        for block in given where block < 0 || block >= blockCount {
            throw EngineError(.index, "`g_idx` has \(block), expected 0 to \(blockCount - 1)")
        }
        return given
    }
}

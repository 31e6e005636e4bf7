import Diagnostics
import OnnxIR
import Tensors

/// Blocks of images put back into their places; where blocks overlap they add up.
///
/// *Shapes*: `[n, channels · block, blocks] → [n, channels, …]`.
struct Col2Im: Operator {
    private let attributes: SpatialAttributes

    static let definition = OperatorDefinition("Col2Im", since: 18, halves: .widened) { node throws(EngineError) in
        Col2Im(attributes: try SpatialAttributes(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let image = inputs[1].partialExtents, image.allSatisfy({ $0.extent ?? 0 >= 0 }) else {
            return [.tensor(inputs.elementType())]
        }
        var leading: [Dimension] = [.unknown, .unknown]
        if let shape = inputs.shape(), shape.count == 3 {
            let block = inputs[2].integers.flatMap { Shape($0)?.elementCount } ?? 0
            leading = [shape[0], block > 0 ? shape[1].map { $0 / block } : .unknown]
        }
        return [.tensor(inputs.elementType(), leading + image)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let image = try call.tensor(1).integers("the shape of the image")
        let window = try attributes.window(over: image, kernel: call.tensor(2).integers("the shape of the block"))
        guard input.shape.rank == 3, input.shape[1] % window.kernelSize == 0, input.shape[2] == window.outputSize else {
            throw EngineError(
                .shape,
                "input has shape \(input.shape), expected a multiple of \(window.kernelSize) rows and \(window.outputSize) blocks"
            )
        }
        let shape = try call.shape([input.shape[0], input.shape[1] / window.kernelSize] + image)
        try call.state.check(.int64, call.shape([window.kernelSize, window.outputSize]))
        return [.tensor(try sum(input, Blocks(window, planes: shape[0] * shape[1]), shape, call))]
    }

    private func sum(
        _ input: Tensor,
        _ blocks: Blocks,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        if let parts = try input.complexParts() {
            return try .joined(
                call.separately(parts) { part throws(EngineError) in try sum(part, blocks, shape, call) }
            )
        }
        switch input.elementType {
        case .float: return try add(Float.self, input, blocks, shape, call)
        case .double: return try add(Double.self, input, blocks, shape, call)
        case .int8: return try add(Int8.self, input, blocks, shape, call)
        case .int16: return try add(Int16.self, input, blocks, shape, call)
        case .int32: return try add(Int32.self, input, blocks, shape, call)
        case .int64: return try add(Int64.self, input, blocks, shape, call)
        case .uint8: return try add(UInt8.self, input, blocks, shape, call)
        case .uint16: return try add(UInt16.self, input, blocks, shape, call)
        case .uint32: return try add(UInt32.self, input, blocks, shape, call)
        case .uint64: return try add(UInt64.self, input, blocks, shape, call)
        case .bool: return try call.cast(sum(call.cast(input, to: .int64), blocks, shape, call), to: .bool)
        case .string:
            guard !blocks.overlap else {
                throw EngineError(.value, "blocks of text overlap, expected ones that lie apart")
            }
            return try call.moved(input, to: shape, blocks)
        default: throw .elementType(input.elementType, expected: "a number type")
        }
    }

    private func add<Element: WrappingNumber>(
        _ type: Element.Type,
        _ input: Tensor,
        _ blocks: Blocks,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        return try call.tensor(of: type, shape, zeroed: true) { target in
            blocks.forEach { from, to in target[to] = Element.wrappingAdd(target[to], source[from]) }
        }
    }

    /// Where each element of the blocks goes.
    private struct Blocks: ElementMovement {
        private let offsets: [Int]
        private let planes: Int
        private let planeSize: Int

        init(_ window: SpatialWindow, planes: Int) {
            offsets = window.table()
            planeSize = window.inputSize
            self.planes = planes
        }

        /// Whether two elements go to one place.
        var overlap: Bool {
            let inside = offsets.filter { $0 >= 0 }
            return Set(inside).count < inside.count
        }

        @inline(__always)
        func forEach(_ body: (_ source: Int, _ target: Int) -> Void) {
            for plane in 0..<planes {
                for (index, offset) in offsets.enumerated() where offset >= 0 {
                    body(plane &* offsets.count &+ index, plane &* planeSize &+ offset)
                }
            }
        }

        func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
            forEach { from, to in target[to] = source[from] }
        }
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// The convolution turned round: each input element spreads a window over the output.
///
/// *Shapes*: `[n, c, …] × [c, m / group, …] → [n, m, …]`.
struct ConvTranspose: Operator {
    var attributes: SpatialAttributes
    let groupCount: Int
    var outputPadding: [Int]?
    var outputShape: [Int]?

    static let definition = OperatorDefinition("ConvTranspose", since: 1, 11, 22, halves: .widened) {
        node throws(EngineError) in
        try ConvTranspose(node)
    }

    init(_ node: NodeContext) throws(EngineError) {
        outputPadding = try node.ints("output_padding")
        outputShape = try node.ints("output_shape")
        for (name, values) in [("output_padding", outputPadding), ("output_shape", outputShape)] {
            guard let values, !values.allSatisfy({ $0 >= 0 && $0 <= 1 << 31 }) else { continue }
            throw .attribute(name, values, expected: "numbers from 0")
        }
        attributes = try SpatialAttributes(node)
        groupCount = try node.groupCount("group")
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), shape.count >= 3 else { return [.tensor(inputs.elementType())] }
        let weights = inputs.shape(1).flatMap { $0.count == shape.count ? $0 : nil }
        let extents = shape.dropFirst(2).indices.map { axis in
            outputExtent(shape[axis], kernel: weights?[axis], axis: axis - 2, rank: shape.count - 2)
        }
        let channels = weights?[1].times(groupCount) ?? .unknown
        return [.tensor(inputs.elementType(), [shape[0], channels] + extents)]
    }

    private func outputExtent(_ extent: Dimension, kernel: Dimension?, axis: Int, rank: Int) -> Dimension {
        if let outputShape {
            return outputShape.count >= rank ? .fixed(outputShape[outputShape.count - rank + axis]) : .unknown
        }
        guard let extent = extent.extent, extent <= 1 << 31, let size = kernel?.extent, (1...(1 << 24)).contains(size),
            let one = attributes.alone(axis, rank: rank), outputPadding.map({ $0.count == rank }) ?? true
        else { return .unknown }
        var alone = self
        alone.attributes = one
        alone.outputPadding = outputPadding.map { [$0[axis]] }
        alone.outputShape = nil
        return (try? alone.window([extent], kernel: [size])).map { .fixed($0.extents[0]) } ?? .unknown
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        switch try call.tensor(0).elementType {
        case .float: return [.tensor(try compute(Float.self, call))]
        case .double: return [.tensor(try compute(Double.self, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    func window(_ extents: [Int], kernel: [Int]) throws(EngineError) -> SpatialWindow {
        let rank = extents.count
        let ones = [Int](repeating: 1, count: rank)
        let strides = attributes.strides ?? ones
        let dilations = attributes.dilations ?? ones
        let extra = outputPadding ?? [Int](repeating: 0, count: rank)
        var pads = attributes.pads ?? [Int](repeating: 0, count: 2 * rank)
        let wanted = outputShape.map { Array($0.suffix(rank)) }
        for (name, values, count) in [
            ("strides", strides, rank), ("dilations", dilations, rank), ("output_padding", extra, rank),
            ("pads", pads, 2 * rank), ("output_shape", wanted ?? ones, rank),
        ] where values.count != count {
            throw EngineError(.attribute, "attribute `\(name)` has \(values.count) elements, expected \(count)")
        }
        var outputs: [Int] = []
        for axis in 0..<rank {
            let reach = (kernel[axis] - 1) * dilations[axis] + 1
            let full = strides[axis] * (extents[axis] - 1) + extra[axis] + reach
            let isSame = attributes.autoPad == .sameUpper || attributes.autoPad == .sameLower
            if let output = wanted?[axis] ?? (isSame ? extents[axis] * strides[axis] : nil) {
                let total = max(0, full - output)
                pads[axis] = attributes.autoPad == .sameUpper ? total / 2 : total - total / 2
                pads[axis + rank] = total - pads[axis]
                outputs.append(output)
            } else {
                if attributes.autoPad == .valid { (pads[axis], pads[axis + rank]) = (0, 0) }
                outputs.append(full - pads[axis] - pads[axis + rank])
            }
            guard outputs[axis] >= 0, extents[axis] > 0 else {
                throw EngineError(
                    .shape,
                    "axis \(axis + 2) of the output has extent \(outputs[axis]), expected 0 or more"
                )
            }
        }
        return SpatialWindow(
            extents: outputs,
            kernel: kernel,
            strides: strides,
            dilations: dilations,
            padsBefore: Array(pads[..<rank]),
            padsAfter: Array(pads[rank...]),
            outputs: extents
        )
    }

    private func compute<Element: ProductElement>(
        _ type: Element.Type,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let (input, weights) = (try call.tensor(0), try call.tensor(1))
        let bias = try call.optionalTensor(2)
        guard input.shape.rank >= 3, weights.shape.rank == input.shape.rank, groupCount > 0,
            input.shape[1] == weights.shape[0], input.shape[1] % groupCount == 0
        else { throw EngineError(.shape, "input \(input.shape) and filters \(weights.shape) do not fit") }
        let kernel = Array(weights.shape.dimensions[2...])
        guard let size = Shape(kernel)?.elementCount, size > 0, size <= 1 << 24 else {
            throw EngineError(.limit, "a window of \(kernel) is not within the limit of 1 to \(1 << 24) elements")
        }
        let window = try window(Array(input.shape.dimensions[2...]), kernel: kernel)
        let (channels, filters) = (input.shape[1] / groupCount, weights.shape[1])
        let shape = try call.shape([input.shape[0], filters * groupCount] + window.extents)
        let (depth, places) = (filters * size, window.outputSize)
        try call.state.check(.int64, try call.shape([depth, places]))
        let (source, factors) = (try input.pointer(type), try weights.pointer(type))
        let offset = try bias?.pointer(type)
        guard bias.map({ $0.shape.elementCount == filters * groupCount }) ?? true else {
            throw EngineError(.shape, "the bias has another shape than [\(filters * groupCount)]")
        }
        let table = window.table()
        return try call.tensor(of: type, shape, zeroed: true) { target in
            for pair in 0..<(input.shape[0] * groupCount) {
                let group = pair % groupCount
                var spread = [Element](repeating: 0, count: depth * places)
                spread.withUnsafeMutableBufferPointer { columns in
                    guard let result = columns.baseAddress else { return }
                    let left = MatrixView(base: factors + group * channels * depth, rowStride: 1, columnStride: depth)
                    addProduct(
                        left,
                        source + pair * channels * places,
                        result,
                        rows: depth,
                        inner: channels,
                        columns: places
                    )
                }
                for filter in 0..<filters {
                    let plane = target + (pair * filters + filter) * window.inputSize
                    if let offset { plane.update(repeating: offset[group * filters + filter], count: window.inputSize) }
                    for (index, place) in table.enumerated() where place >= 0 {
                        plane[place] += spread[filter * table.count + index]
                    }
                }
            }
        }
    }
}

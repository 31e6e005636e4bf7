import Diagnostics
import OnnxIR
import Tensors

/// A convolution by products of matrices: the windows of a group's channels, unrolled, are the right side.
struct Convolution {
    let window: SpatialWindow
    let groupCount: Int
    let batch: Int
    let channels: Int
    let filters: Int
    let shape: Shape

    /// *Throws*: `shape` and `attribute` when input, filters and attributes do not fit one another.
    init(
        _ input: Shape,
        _ weights: Shape,
        _ attributes: SpatialAttributes,
        groupCount: Int,
        _ call: OperatorCall
    ) throws(EngineError) {
        guard input.rank >= 3, weights.rank == input.rank else {
            throw EngineError(
                .shape,
                "input \(input) and filters \(weights) do not fit, expected at least 3 axes of both"
            )
        }
        guard groupCount > 0, input[1] == weights[1] * groupCount, weights[0] % groupCount == 0 else {
            throw EngineError(.shape, "input \(input) and filters \(weights) do not fit with \(groupCount) groups")
        }
        let kernel = Array(weights.dimensions[2...])
        window = try attributes.window(over: Array(input.dimensions[2...]), kernel: kernel)
        guard window.kernel == kernel else {
            throw EngineError(.attribute, "`kernel_shape` is \(window.kernel), expected \(kernel) as the filters")
        }
        self.groupCount = groupCount
        batch = input[0]
        channels = weights[1]
        filters = weights[0] / groupCount
        shape = try call.shape([input[0], weights[0]] + window.outputs)
        let unrolled = try call.shape([channels, window.kernelSize, window.outputSize])
        try call.state.check(.int64, unrolled)
    }

    func compute<Element: ProductElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ weights: Tensor,
        bias: Tensor?,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        let factors = try weights.pointer(type)
        let offset = try bias?.pointer(type)
        if let bias, bias.shape.elementCount != filters * groupCount {
            throw EngineError(.shape, "the bias has shape \(bias.shape), expected [\(filters * groupCount)]")
        }
        let table = window.table()
        let (depth, places) = (channels * window.kernelSize, window.outputSize)
        var unrolled = [Element](repeating: 0, count: depth * places)
        return try call.tensor(of: type, shape, zeroed: true) { target in
            for image in 0..<batch {
                for group in 0..<groupCount {
                    let start = (image * groupCount + group) * channels * window.inputSize
                    unroll(source + start, table, &unrolled)
                    let result = target + (image * groupCount + group) * filters * places
                    if let offset {
                        for filter in 0..<filters {
                            (result + filter * places).update(
                                repeating: offset[group * filters + filter],
                                count: places
                            )
                        }
                    }
                    unrolled.withUnsafeBufferPointer { columns in
                        guard let right = columns.baseAddress else { return }
                        let left = MatrixView(
                            base: factors + group * filters * depth,
                            rowStride: depth,
                            columnStride: 1
                        )
                        addProduct(left, right, result, rows: filters, inner: depth, columns: places)
                    }
                }
            }
        }
    }

    private func unroll<Element: ProductElement>(
        _ source: UnsafePointer<Element>,
        _ table: [Int],
        _ unrolled: inout [Element]
    ) {
        let size = table.count
        for channel in 0..<channels {
            let plane = source + channel * window.inputSize
            for index in 0..<size {
                let offset = table[index]
                unrolled[channel &* size &+ index] = offset < 0 ? 0 : plane[offset]
            }
        }
    }
}

import CKernels
import OnnxIR
import Tensors

extension Conv {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1), let shape = node.convolutionShape(attributes, groupCount: groupCount) else {
            return false
        }
        if node.lowerDequantisedConvolution(shape) { return true }
        guard let filters = node.constant(1) else { return false }
        let kernels = node.tables.kernels.pointee
        let algorithm = withUnsafePointer(to: shape) { kernels.f32_conv_algorithm($0, node.allowsWinograd) }
        if node.precision == .int8, node.lowerQuantisedConvolution(shape, filters, algorithm) { return true }
        if shape.isPointwise, let pick = node.channelPick(0) {
            return node.lowerConvolution(
                shape,
                CK_CONV_POINTWISE,
                filters,
                channels: shape.output_channels,
                picks: pick
            )
        }
        return node.lowerConvolution(shape, algorithm, filters, channels: shape.output_channels)
    }
}

extension ConvTranspose {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1), let input = node.shape(0), let weights = node.shape(1),
            (3...5).contains(input.rank),
            weights.rank == input.rank, input.elementCount > 0, weights.elementCount > 0,
            let filters = node.constant(1), weights[0] == input[1], input[1] % groupCount == 0,
            let window = try? window(Array(input.dimensions[2...]), kernel: Array(weights.dimensions[2...])),
            let result = node.outputShape(),
            result.dimensions == [input[0], weights[1] * groupCount] + window.extents, result.elementCount > 0
        else { return false }
        // Its kernel goes through the phases of a stride, each with taps of its own.
        guard window.strides.allSatisfy({ $0 <= 64 }), window.strides.reduce(1, *) <= 64,
            window.dilations.allSatisfy({ $0 <= 1 << 16 })
        else { return false }
        // The window runs over the output: its places are those of the input.
        var shape = ck_conv_shape(window)
        (shape.input, shape.output) = (shape.output, shape.input)
        shape.batch = input[0]
        shape.groups = groupCount
        shape.input_channels = input[1]
        shape.output_channels = weights[1] * groupCount
        return node.lowerConvolution(shape, CK_CONV_TRANSPOSED, filters, channels: shape.output_channels)
    }
}

extension Lowering {
    /// The convolution of the first input by the second.
    func convolutionShape(_ attributes: SpatialAttributes, groupCount: Int) -> ck_conv_shape? {
        guard let input = shape(0), let weights = shape(1), (3...5).contains(input.rank), weights.rank == input.rank,
            input.elementCount > 0, weights.elementCount > 0, weights[0] % groupCount == 0,
            weights[1] * groupCount == input[1],
            let window = try? attributes.window(
                over: Array(input.dimensions[2...]),
                kernel: Array(weights.dimensions[2...])
            ),
            window.kernel == Array(weights.dimensions[2...]), let result = outputShape(),
            result.dimensions == [input[0], weights[0]] + window.outputs, result.elementCount > 0
        else { return nil }
        var shape = ck_conv_shape(window)
        shape.batch = input[0]
        shape.groups = groupCount
        shape.input_channels = input[1]
        shape.output_channels = weights[0]
        return shape
    }

    /// Winograd's algorithm is right within 1e-4 of the largest result, and spreads what is not finite over a tile.
    var allowsWinograd: Bool { true }

    fileprivate mutating func lowerConvolution(
        _ shape: ck_conv_shape,
        _ algorithm: ck_conv_algorithm,
        _ filters: Tensor,
        channels: Int,
        picks: (source: DraftValue, order: [Int32])? = nil
    ) -> Bool {
        var kernel = ConvKernel(shape, algorithm, tables: tables)
        if has(2) {
            guard areFloats(2), self.shape(2)?.dimensions == [channels] else { return false }
            kernel.epilogue.bias = 2
        }
        let kernels = tables.kernels.pointee
        let pool = tables.pool
        let count = withUnsafePointer(to: shape) { kernels.f32_conv_weights_size($0, algorithm) }
        // What a transposed convolution packs depends on its phases.
        let (s, d, p) = (shape.stride, shape.dilation, shape.pad)
        let phases = algorithm == CK_CONV_TRANSPOSED ? [s.0, s.1, s.2, d.0, d.1, d.2, p.0, p.1, p.2] : []
        let order = picks?.order ?? []
        let key = PackedConstants.Key(
            filters,
            "conv",
            [Int(algorithm.rawValue), shape.groups] + phases + order.map { Int($0) }
        )
        guard let source = try? filters.bytePointer().assumingMemoryBound(to: Float.self),
            let input = picks?.source ?? (kernel.layouts.input == .blocked ? blocked(0) : plain(0)),
            let packed = packed(
                key,
                of: filters,
                byteCount: count * MemoryLayout<Float>.stride,
                { target in
                    withUnsafePointer(to: shape) { shape in
                        order.withUnsafeBufferPointer {
                            kernels.f32_conv_pack(
                                pool,
                                shape,
                                algorithm,
                                order.isEmpty ? nil : $0.baseAddress,
                                source,
                                target.assumingMemoryBound(to: Float.self)
                            )
                        }
                    }
                }
            )
        else { return false }
        var operands = [input, packed]
        if has(2) {
            guard let bias = plain(2) else { return false }
            operands.append(bias)
        }
        emit(kernel, operands, layout: kernel.layouts.output)
        return true
    }
}

extension ck_conv_shape {
    /// The spatial part of a convolution.
    init(_ window: SpatialWindow) {
        self.init()
        input = window.extents.asTriple(filling: 1)
        output = window.outputs.asTriple(filling: 1)
        kernel = window.kernel.asTriple(filling: 1)
        stride = window.strides.asTriple(filling: 1)
        dilation = window.dilations.asTriple(filling: 1)
        pad = window.padsBefore.asTriple(filling: 0)
    }
}

extension [Int] {
    /// Up to three numbers as depth, height and width.
    fileprivate func asTriple(filling missing: Int) -> (Int, Int, Int) {
        let all = [Int](repeating: missing, count: Swift.max(0, 3 - count)) + self
        return (all[0], all[1], all[2])
    }
}

extension MaxPool {
    func lower(_ node: inout Lowering) -> Bool {
        guard !node.names(output: 1) else { return false }
        return node.lowerPooling(attributes, isMaximum: true, countsPadding: false)
    }
}

extension AveragePool {
    func lower(_ node: inout Lowering) -> Bool {
        guard order == nil else { return false }
        return node.lowerPooling(attributes, isMaximum: false, countsPadding: countsPadding)
    }
}

extension Lowering {
    fileprivate mutating func lowerPooling(
        _ attributes: SpatialAttributes,
        isMaximum: Bool,
        countsPadding: Bool
    ) -> Bool {
        guard areFloats(0), let input = shape(0), (3...5).contains(input.rank), input.elementCount > 0,
            let window = try? attributes.window(over: Array(input.dimensions[2...])), let result = outputShape(),
            result.dimensions == [input[0], input[1]] + window.outputs, result.elementCount > 0
        else { return false }
        var shape = ck_pooling_shape()
        // PERF: pooling of blocks is ten times faster, and convolutions behind it want them.
        let layout: Layout = isBlocked(0) || input[1] >= Layout.blockLength / 2 ? .blocked : .plain
        shape.layout = layout == .blocked ? CK_BLOCKED : CK_PLAIN
        shape.batch = input[0]
        shape.channels = input[1]
        shape.input = window.extents.asTriple(filling: 1)
        shape.output = window.outputs.asTriple(filling: 1)
        shape.kernel = window.kernel.asTriple(filling: 1)
        shape.stride = window.strides.asTriple(filling: 1)
        shape.dilation = window.dilations.asTriple(filling: 1)
        shape.pad = window.padsBefore.asTriple(filling: 0)
        shape.pad_end = window.padsAfter.asTriple(filling: 0)
        shape.counts_padding = countsPadding
        guard let value = layout == .blocked ? blocked(0) : plain(0) else { return false }
        emit(PoolingKernel(isMaximum: isMaximum, shape: shape), [value], layout: layout)
        return true
    }
}

extension GlobalPool {
    func lower(_ node: inout Lowering) -> Bool {
        let isMaximum: Bool
        switch form {
        case .average: isMaximum = false
        case .max: isMaximum = true
        case .norm: return false
        }
        guard node.areFloats(0), let shape = node.shape(0), shape.rank >= 3, shape.elementCount > 0,
            let result = node.outputShape(), result.rank == shape.rank, result[0] == shape[0], result[1] == shape[1],
            result.elementCount == shape[0] * shape[1]
        else { return false }
        let layout: Layout = node.isBlocked(0) ? .blocked : .plain
        guard let input = layout == .blocked ? node.blocked(0) : node.plain(0) else { return false }
        node.emit(
            GlobalPoolingKernel(
                isMaximum: isMaximum,
                layout: layout,
                batch: shape[0],
                channels: shape[1],
                positions: shape.dimensions[2...].reduce(1, *)
            ),
            [input],
            layout: layout
        )
        return true
    }
}

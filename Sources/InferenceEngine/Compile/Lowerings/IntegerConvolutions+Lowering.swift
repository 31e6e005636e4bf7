import CKernels
import OnnxIR
import Tensors

extension ConvInteger {
    func lower(_ node: inout Lowering) -> Bool {
        guard let type = node.elementType(0), type == .uint8 || type == .int8, node.outputType() == .int32,
            let shape = node.convolutionShape(attributes, groupCount: groupCount),
            shape.isExact, let input = node.shape(0),
            !node.has(2) || node.elementType(2) == type && node.shape(2)?.elementCount == 1,
            let packed = node.packedIntegers(shape, weights: 1, zeroPoint: 3)
        else { return false }
        // The numbers less their zero point as floats, of which the kernel makes them again.
        guard let numbers = node.plain(0), let one = node.numbers([1], count: 0) else { return false }
        var quantization = [one]
        if node.has(2) {
            guard let zeroPoint = node.plain(2) else { return false }
            quantization.append(zeroPoint)
        }
        let dequantization = QuantizationKernel(
            direction: .dequantize,
            outer: 1,
            channels: 1,
            inner: input.elementCount,
            isSigned: type == .int8,
            hasZeroPoints: node.has(2)
        )
        var values = node.emitInner(dequantization, [numbers] + quantization, .float, input)
        let layout: Layout = shape.prefersPlain ? .plain : .blocked
        if layout == .blocked {
            values = node.emitInner(Reorder(input, to: .blocked), [values], .float, input, layout: .blocked)
        }
        let kernel = IntegerConvKernel(
            shape,
            layout: layout,
            form: NumberForm(behind: 2, hasZeroPoint: node.has(2), isSigned: type == .int8),
            results: .integers,
            tables: node.tables
        )
        node.emit(kernel, [values, packed] + quantization, layout: .blocked)
        return true
    }
}

extension Lowering {
    /// A convolution of values that are made of 8-bit numbers, whose products are those of the numbers.
    ///
    /// `false` where an operand is none, and where products of floats are faster: in groups of few channels.
    mutating func lowerDequantisedConvolution(_ shape: ck_conv_shape) -> Bool {
        guard let values = dequantised(0), values.kernel.channels == 1, let weights = dequantised(1),
            shape.suitsIntegers, let packed = packedNumbers(of: weights, shape),
            let (x, layout) = convolutionInput(values.source, values.sourceFacts, shape)
        else { return false }
        var operands = [x, packed]
        for parameter in values.parameters {
            guard let operand = segment.plain(parameter.id, parameter.facts, place) else { return false }
            operands.append(operand)
        }
        let kernel = IntegerConvKernel(
            shape,
            layout: layout,
            form: NumberForm(
                behind: 2,
                hasZeroPoint: values.kernel.hasZeroPoints,
                isSigned: values.kernel.isSigned
            ),
            tables: tables
        )
        return emit(kernel, operands, bias: 2, channels: shape.output_channels)
    }

    /// A convolution of floats whose products are those of 8-bit numbers: the input is quantised by its range, weights
    /// by output channels.
    ///
    /// `false` where products of floats are faster.
    mutating func lowerQuantisedConvolution(
        _ shape: ck_conv_shape,
        _ filters: Tensor,
        _ algorithm: ck_conv_algorithm
    ) -> Bool {
        // PERF: Winograd's algorithm on large planes does with a quarter of the products.
        let places = shape.output.0 * shape.output.1 * shape.output.2
        guard shape.groups == 1, shape.productDepth >= 32, shape.isExact,
            shape.input_channels >= 16, shape.output_channels >= 16, algorithm != CK_CONV_WINOGRAD || places < 400,
            let id = inputID(0), let facts = inputs[0], let packed = packedRounded(filters, shape)
        else { return false }
        // What fills the last block of channels has no part in the range.
        let isWhole = isBlocked(0) && shape.input_channels % Layout.blockLength == 0
        guard let ranged = isWhole ? blocked(0) : plain(0), let (x, layout) = convolutionInput(id, facts, shape) else {
            return false
        }
        let range = emitInner(
            QuantizationRangeKernel(count: elementCount(of: ranged)),
            [ranged],
            [(.float, .scalar), (.uint8, .scalar)]
        )
        let form = NumberForm(behind: 2, hasZeroPoint: true, isSigned: false)
        let kernel = IntegerConvKernel(shape, layout: layout, form: form, tables: tables)
        return emit(kernel, [x, packed] + range, bias: 2, channels: shape.output_channels)
    }

    private mutating func emit(
        _ kernel: IntegerConvKernel,
        _ operands: [DraftValue],
        bias: Int,
        channels: Int
    ) -> Bool {
        var kernel = kernel
        var operands = operands
        if has(bias) {
            guard areFloats(bias), shape(bias)?.dimensions == [channels], let value = plain(bias) else { return false }
            kernel.epilogue.bias = operands.count
            operands.append(value)
        }
        emit(kernel, operands, layout: .blocked)
        return true
    }

    /// The input of a convolution in the layout in which it is at hand, or the better one.
    private mutating func convolutionInput(
        _ id: ValueID,
        _ facts: Facts,
        _ shape: ck_conv_shape
    ) -> (value: DraftValue, layout: Layout)? {
        if !segment.isBlocked(id), shape.prefersPlain {
            return segment.plain(id, facts, place).map { ($0, .plain) }
        }
        return segment.blocked(id, facts, place).map { ($0, .blocked) }
    }

    // MARK: Weights

    /// Constant weights at an input in the form of the kernel; their scales are not read.
    fileprivate mutating func packedIntegers(
        _ shape: ck_conv_shape,
        weights index: Int,
        zeroPoint: Int
    ) -> DraftValue? {
        guard let weights = constant(index), weights.elementType == .uint8 || weights.elementType == .int8 else {
            return nil
        }
        var zeroPoints: Tensor?
        if has(zeroPoint) {
            guard let constant = constant(zeroPoint), constant.elementType == weights.elementType,
                constant.shape.elementCount == 1 || constant.shape.dimensions == [shape.output_channels]
            else { return nil }
            zeroPoints = constant
        }
        return packed(weights, [1], zeroPoints, shape)
    }

    /// The numbers of dequantised weights in the form of the kernel; `nil` where their scales are not by output channel.
    private mutating func packedNumbers(of weights: DequantisedValue, _ shape: ck_conv_shape) -> DraftValue? {
        let kernel = weights.kernel
        guard let numbers = segment.constants[weights.numbers]?.tensor, let scale = weights.parameters.first,
            let scales = try? segment.constants[scale.id]?.tensor?.array(of: Float.self),
            kernel.channels == 1 || kernel.outer == 1 && kernel.channels == shape.output_channels
        else { return nil }
        var zeroPoints: Tensor?
        if kernel.hasZeroPoints {
            guard let zero = weights.parameters.last, let tensor = segment.constants[zero.id]?.tensor else {
                return nil
            }
            zeroPoints = tensor
        }
        return packed(numbers, scales, zeroPoints, shape)
    }

    private mutating func packed(
        _ weights: Tensor,
        _ scales: [Float],
        _ zeroPoints: Tensor?,
        _ shape: ck_conv_shape
    ) -> DraftValue? {
        guard let source = weights.region else { return nil }
        var zeros: UnsafeRawBufferPointer?
        if let zeroPoints {
            guard let region = zeroPoints.region else { return nil }
            zeros = region.bytes
        }
        let kernels = tables.kernels.pointee
        let byteCount = withUnsafePointer(to: shape) { kernels.i8_conv_weights_bytes($0) }
        // The form of the weights depends on the places too, and has a size of its own.
        let parameters = [shape.groups, byteCount] + scales.map { Int($0.bitPattern) } + [scales.count]
        let key = PackedConstants.Key(weights, "conv-int8", parameters + (zeros?.map { Int($0) } ?? []))
        return packed(key, of: weights, byteCount: byteCount) { target in
            withUnsafePointer(to: shape) {
                kernels.i8_conv_pack(
                    $0,
                    source.bytes.baseAddress,
                    weights.elementType == .int8,
                    zeros?.baseAddress,
                    (zeroPoints?.shape.elementCount ?? 1) > 1 ? 1 : 0,
                    scales,
                    scales.count > 1 ? 1 : 0,
                    target
                )
            }
        }
    }

    /// Weights rounded to 8-bit numbers around zero, with a scale for each output channel.
    private mutating func packedRounded(_ weights: Tensor, _ shape: ck_conv_shape) -> DraftValue? {
        guard let source = try? weights.pointer(Float.self) else { return nil }
        let kernels = tables.kernels.pointee
        let byteCount = withUnsafePointer(to: shape) { kernels.i8_conv_weights_bytes($0) }
        let key = PackedConstants.Key(weights, "conv-int8-rounded", [shape.groups, byteCount])
        return packed(key, of: weights, byteCount: byteCount) { target in
            let (channels, depth) = (shape.output_channels, shape.productDepth)
            var scales = [Float](repeating: 1, count: channels)
            var numbers = [Int8](repeating: 0, count: channels * depth)
            for channel in 0..<channels {
                let row = UnsafeBufferPointer(start: source + channel * depth, count: depth)
                let greatest = row.reduce(0) { max($0, abs($1)) }
                guard greatest > 0, greatest.isFinite else { continue }
                scales[channel] = greatest / 127
                for (place, weight) in row.enumerated() {
                    let quotient = (weight / scales[channel]).rounded(.toNearestOrEven)
                    guard abs(quotient) <= 127 else { continue }
                    numbers[channel &* depth &+ place] = Int8(quotient)
                }
            }
            withUnsafePointer(to: shape) {
                kernels.i8_conv_pack($0, numbers, true, nil, 0, scales, 1, target)
            }
        }
    }
}

extension ck_conv_shape {
    /// Whether sums of products of 8-bit numbers less zero points stay within 32 bits.
    fileprivate var isExact: Bool { productDepth <= ProductSize.greatestExactDepth }

    /// Whether too few channels come in to fill a block.
    fileprivate var prefersPlain: Bool { input_channels < Layout.blockLength }

    /// PERF: products fill vectors of 16 output channels of a group, and patches of few products are made of more copies
    /// than products.
    fileprivate var suitsIntegers: Bool {
        isExact && (groups == 1 || productDepth >= 64 && output_channels / groups >= 16)
    }
}

import CKernels
import OnnxIR
import Tensors

extension DynamicQuantizeLinear {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0), let shape = node.shape(0), shape.elementCount > 0, node.outputShape() == shape,
            node.outputType() == .uint8, node.outputShape(1)?.rank == 0, node.outputShape(2)?.rank == 0,
            node.outputType(1) == .float, node.outputType(2) == .uint8, let source = node.inputID(0),
            let facts = node.inputs[0], let scale = node.outputID(1), let zeroPoint = node.outputID(2)
        else { return false }
        // The range has no part in what fills the last block of channels, so that there must be nothing.
        let isWhole = node.isBlocked(0) && shape[1] % Layout.blockLength == 0
        guard let x = node.plain(0), let ranged = isWhole ? node.blocked(0) : x else { return false }
        node.emit(QuantizationRangeKernel(count: node.elementCount(of: ranged)), [ranged], outputs: 1..<3)
        guard let factor = node.made(1), let offset = node.made(2) else { return false }
        node.emit(
            QuantizationKernel(
                direction: .quantize,
                outer: 1,
                channels: 1,
                inner: shape.elementCount,
                isSigned: false,
                hasZeroPoints: true
            ),
            [x, factor, offset]
        )
        node.noteQuantised(QuantisedValue(source: source, facts: facts, scale: scale, zeroPoint: zeroPoint))
        return true
    }
}

extension QuantizeLinear {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1), let type = node.outputType(), type == .uint8 || type == .int8,
            precision == nil || precision == .float, let shape = node.shape(0), node.outputShape() == shape,
            let kernel = node.quantization(.quantize, granularity, type), let operands = node.quantizationOperands(),
            let source = node.inputID(0), let facts = node.inputs[0], let scale = node.inputID(1)
        else { return false }
        node.emit(kernel, operands)
        if kernel.channels == 1 {
            node.noteQuantised(
                QuantisedValue(source: source, facts: facts, scale: scale, zeroPoint: node.inputID(2))
            )
        }
        return true
    }
}

extension DequantizeLinear {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(1), let type = node.elementType(0), type == .uint8 || type == .int8,
            node.outputType() == .float, let shape = node.shape(0), node.outputShape() == shape,
            let kernel = node.quantization(.dequantize, granularity, type)
        else { return false }
        if node.dequantizeConstant(kernel) {
            node.noteDequantised(kernel)
            return true
        }
        if let value = node.quantised(0), kernel.channels == 1, node.areSame(value.scale, node.inputID(1)),
            node.areSame(value.zeroPoint, node.inputID(2)), let (x, layout) = node.atHand(value),
            let scale = node.plain(1)
        {
            var operands = [x, scale]
            if kernel.hasZeroPoints {
                guard let zeroPoint = node.plain(2) else { return false }
                operands.append(zeroPoint)
            }
            let there = QuantizationKernel(
                direction: .requantize,
                outer: 1,
                channels: 1,
                inner: node.elementCount(of: x),
                isSigned: kernel.isSigned,
                hasZeroPoints: kernel.hasZeroPoints
            )
            node.emit(there, operands, layout: layout)
            node.noteDequantised(kernel, from: value)
            return true
        }
        guard let operands = node.quantizationOperands() else { return false }
        node.emit(kernel, operands)
        node.noteDequantised(kernel)
        return true
    }
}

extension Lowering {
    /// The kernel for an input's scale and zero point, at the inputs behind it.
    fileprivate func quantization(
        _ direction: QuantizationKernel.Direction,
        _ granularity: QuantizationGranularity,
        _ type: ElementType
    ) -> QuantizationKernel? {
        guard let shape = shape(0), shape.elementCount > 0, let scale = self.shape(1), granularity.blockSize == 0
        else { return nil }
        if has(2) {
            guard elementType(2) == type, let zeroPoint = self.shape(2), zeroPoint.elementCount == scale.elementCount
            else { return nil }
        }
        var (outer, channels, inner) = (1, 1, shape.elementCount)
        if scale.elementCount != 1 {
            guard let axis = normalizedAxis(granularity.axis, rank: shape.rank), scale.dimensions == [shape[axis]],
                !has(2) || self.shape(2) == scale
            else { return nil }
            outer = shape.dimensions[..<axis].reduce(1, *)
            channels = shape[axis]
            inner = shape.dimensions[(axis + 1)...].reduce(1, *)
        }
        return QuantizationKernel(
            direction: direction,
            outer: outer,
            channels: channels,
            inner: inner,
            isSigned: type == .int8,
            hasZeroPoints: has(2)
        )
    }

    /// The input, its scale and its zero point if it has one.
    fileprivate mutating func quantizationOperands() -> [DraftValue]? {
        var operands: [DraftValue] = []
        for index in 0...2 where has(index) {
            guard let operand = plain(index) else { return nil }
            operands.append(operand)
        }
        return operands
    }

    /// Makes a constant of constants: the weights of what is computed in `float`.
    fileprivate mutating func dequantizeConstant(_ kernel: QuantizationKernel) -> Bool {
        guard let numbers = constant(0), let scale = constant(1), let shape = outputShape(),
            let byteCount = ElementType.float.byteCount(of: shape.elementCount), let source = numbers.region,
            let scales = try? scale.array(of: Float.self)
        else { return false }
        var parameters = [kernel.outer, kernel.channels] + scales.map { Int($0.bitPattern) }
        var zeroPoints: MemoryRegion?
        if kernel.hasZeroPoints {
            guard let region = constant(2)?.region else { return false }
            zeroPoints = region
            parameters += region.bytes.map { Int($0) }
        }
        let (tables, packed) = (tables, segment.packed)
        let key = PackedConstants.Key(numbers, "dequantized", parameters)
        defineConstant {
            packed.region(for: key, of: numbers, byteCount: byteCount) { target in
                scales.withUnsafeBufferPointer { scales in
                    let quantization = ck_quantization(
                        outer: kernel.outer,
                        channels: kernel.channels,
                        inner: kernel.inner,
                        scales: scales.baseAddress,
                        zero_points: zeroPoints?.bytes.baseAddress,
                        is_signed: kernel.isSigned
                    )
                    withUnsafePointer(to: quantization) {
                        tables.kernels.pointee.i8_dequantize(
                            $0,
                            source.bytes.baseAddress,
                            target.assumingMemoryBound(to: Float.self),
                            tables.pool
                        )
                    }
                }
            }
        }
        return true
    }
}

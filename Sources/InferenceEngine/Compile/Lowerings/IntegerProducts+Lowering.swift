import CKernels
import OnnxIR
import Tensors

extension MatMulInteger {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.integerProductSize(left: 0, right: 1), node.outputType() == .int32 else { return false }
        let zeroPoint = node.shape(2)
        if node.has(2) {
            guard node.elementType(2) == node.elementType(0), let zeroPoint,
                zeroPoint.elementCount == 1
                    || zeroPoint.dimensions == [size.rows] && node.shape(0)?.rank == 2
            else { return false }
        }
        guard let a = node.plain(0),
            let weights = node.packedIntegers(size, weights: 1, zeroPoint: 3, scales: [], transposed: false)
        else { return false }
        var operands = [a, weights]
        if node.has(2) {
            guard let zeroPoint = node.plain(2) else { return false }
            operands.append(zeroPoint)
        }
        let kernel = IntegerProductKernel(
            isSigned: node.elementType(0) == .int8,
            rows: size.rows,
            columns: size.columns,
            inner: size.inner,
            hasZeroPoints: node.has(2),
            zeroPointsByRow: (zeroPoint?.elementCount ?? 1) > 1,
            tables: node.tables
        )
        node.emit(kernel, operands)
        return true
    }
}

extension MatMulIntegerToFloat {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.integerProductSize(left: 0, right: 1), size.isExact, node.outputType() == .float,
            node.areFloats(2, 3), node.shape(2)?.elementCount == 1,
            let scales = node.columnScales(3, size), node.takesZeroPoint(4, of: 0), let a = node.plain(0),
            let scale = node.plain(2)
        else { return false }
        var operands = [scale]
        if node.has(4) {
            guard let zeroPoint = node.plain(4) else { return false }
            operands.append(zeroPoint)
        }
        return node.emitProduct(
            size,
            a,
            .numbers(isSigned: node.elementType(0) == .int8, scale: 2, zeroPoint: node.has(4) ? 3 : nil),
            operands,
            weights: node.packedIntegers(size, weights: 1, zeroPoint: 5, scales: scales, transposed: false),
            bias: 6
        )
    }
}

extension DynamicQuantizeMatMul {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.productSize(left: 0, right: 1), size.isExact, node.areFloats(0, 2),
            node.outputType() == .float, let scales = node.columnScales(2, size), let x = node.plain(0),
            let weights = node.packedIntegers(size, weights: 1, zeroPoint: 3, scales: scales, transposed: false),
            let shape = node.shape(0), !node.has(4) || node.isBias(4, size)
        else { return false }
        let range = node.emitInner(
            QuantizationRangeKernel(count: shape.elementCount),
            [x],
            [(.float, .scalar), (.uint8, .scalar)]
        )
        let quantization = QuantizationKernel(
            direction: .quantize,
            outer: 1,
            channels: 1,
            inner: shape.elementCount,
            isSigned: false,
            hasZeroPoints: true
        )
        let numbers = node.emitInner(quantization, [x] + range, .uint8, shape)
        return node.emitProduct(
            size,
            numbers,
            .numbers(isSigned: false, scale: 2, zeroPoint: 3),
            range,
            weights: weights,
            bias: 4
        )
    }
}

extension QLinearMatMul {
    func lower(_ node: inout Lowering) -> Bool {
        guard let size = node.integerProductSize(left: 0, right: 3), size.isExact, node.has(2), node.has(5),
            node.has(7), node.takesZeroPoint(2, of: 0), let left = node.columnScales(1, size), left.count == 1,
            let right = node.columnScales(4, size), let output = node.columnScales(6, size), output.count == 1
        else { return false }
        // NUMERICS: in the order of the operator, so that ties end where it has them.
        let factors = right.map { left[0] * $0 / output[0] }
        return node.lowerRequantized(size, weights: 3, factors, leftZero: 2, rightZero: 5, outputZero: 7)
    }
}

extension QGemm {
    func lower(_ node: inout Lowering) -> Bool {
        guard !transposesA, node.has(2), node.has(5), node.shape(0)?.rank == 2,
            let size = node.integerProductSize(left: 0, right: 3, transposed: transposesB), size.isExact,
            node.takesZeroPoint(2, of: 0), let left = node.columnScales(1, size), left.count == 1,
            let right = node.columnScales(4, size), node.has(7) == node.has(8)
        else { return false }
        var factors = right.map { alpha * left[0] * $0 }
        if node.has(7) {
            guard let output = node.columnScales(7, size), output.count == 1 else { return false }
            factors = factors.map { $0 / output[0] }
        } else if node.outputType() != .float {
            return false
        }
        var bias: [Float] = []
        if node.has(6) {
            guard let constant = node.constant(6), constant.elementType == .int32,
                constant.shape.elementCount == 1 || constant.shape.dimensions == [size.columns]
                    || constant.shape.dimensions == [1, size.columns],
                constant.shape.rank <= 2, let numbers = try? constant.array(of: Int32.self)
            else { return false }
            // NUMERICS: the bias is scaled by itself, where the operator adds it to the sums; one rounding apart.
            bias = (0..<size.columns).map {
                Float(numbers[numbers.count == 1 ? 0 : $0]) * factors[factors.count == 1 ? 0 : $0]
            }
        }
        return node.lowerRequantized(
            size,
            weights: 3,
            factors,
            leftZero: 2,
            rightZero: 5,
            outputZero: 8,
            transposed: transposesB,
            bias: bias
        )
    }
}

/// The extents of a product by weights.
struct ProductSize {
    let rows: Int
    let inner: Int
    let columns: Int

    /// Whether sums of products of 8-bit numbers less zero points stay within 32 bits.
    var isExact: Bool { inner <= Self.greatestExactDepth }

    static let greatestExactDepth = 1 << 15
}

extension Lowering {
    /// The extents of a product of 8-bit numbers by constant weights; `nil` for what is none.
    fileprivate func integerProductSize(left: Int, right: Int, transposed: Bool = false) -> ProductSize? {
        guard let type = elementType(left), type == .uint8 || type == .int8 else { return nil }
        return productSize(left: left, right: right, transposed: transposed)
    }

    /// The extents of a product by constant weights of 8 bits; `nil` for what is none.
    fileprivate func productSize(left: Int, right: Int, transposed: Bool = false) -> ProductSize? {
        guard let type = elementType(right), type == .uint8 || type == .int8, constant(right) != nil,
            let rows = shape(left), rows.rank >= 1, rows.elementCount > 0, let weights = shape(right),
            weights.rank == 2, weights.elementCount > 0
        else { return nil }
        let (inner, columns) = transposed ? (weights[1], weights[0]) : (weights[0], weights[1])
        guard rows[rows.rank - 1] == inner, outputShape()?.dimensions == rows.dimensions.dropLast() + [columns]
        else { return nil }
        return ProductSize(rows: rows.elementCount / inner, inner: inner, columns: columns)
    }

    /// Scales that are known: one for all columns, or one for each.
    fileprivate func columnScales(_ index: Int, _ size: ProductSize) -> [Float]? {
        guard let scale = constant(index), scale.elementType == .float,
            scale.shape.elementCount == 1 || scale.shape.dimensions == [size.columns]
        else { return nil }
        return try? scale.array(of: Float.self)
    }

    /// Whether a zero point is left out or a single one of the operand's type.
    fileprivate func takesZeroPoint(_ index: Int, of operand: Int) -> Bool {
        !has(index) || elementType(index) == elementType(operand) && shape(index)?.elementCount == 1
    }

    fileprivate func isBias(_ index: Int, _ size: ProductSize) -> Bool {
        areFloats(index) && shape(index)?.dimensions == [size.columns]
    }

    /// Weights of 8 bits in the form of their kernel, behind the scales of the columns; one scale counts for all.
    fileprivate mutating func packedIntegers(
        _ size: ProductSize,
        weights index: Int,
        zeroPoint: Int,
        scales: [Float],
        transposed: Bool
    ) -> DraftValue? {
        guard let weights = constant(index), let source = weights.region else { return nil }
        var zeroPoints: MemoryRegion?
        if has(zeroPoint) {
            guard let constant = constant(zeroPoint), constant.elementType == weights.elementType,
                constant.shape.elementCount == 1 || constant.shape.dimensions == [size.columns]
            else { return nil }
            zeroPoints = constant.region
        }
        let kernels = tables.kernels.pointee
        let scalesByteCount = IntegerGemmKernel.scalesByteCount(size.columns)
        let parameters = scales.map { Int($0.bitPattern) } + [scales.count] + (zeroPoints?.bytes.map { Int($0) } ?? [])
        let key = PackedConstants.Key(weights, transposed ? "integers-transposed" : "integers", parameters)
        let byteCount = scalesByteCount + kernels.i8_packed_bytes(size.inner, size.columns)
        return packed(key, of: weights, byteCount: byteCount) { target in
            target.storeScales(scales, count: size.columns)
            kernels.i8_pack(
                source.bytes.baseAddress,
                weights.elementType == .int8,
                transposed ? 1 : size.columns,
                transposed ? size.inner : 1,
                size.inner,
                size.columns,
                zeroPoints?.bytes.baseAddress,
                zeroPoints?.bytes.count == size.columns ? 1 : 0,
                target + scalesByteCount
            )
        }
    }

    /// Adds the product of rows by packed weights, with the bias at an input if there is one; `operands` follow the weights.
    fileprivate mutating func emitProduct(
        _ size: ProductSize,
        _ rows: DraftValue,
        _ source: IntegerGemmKernel.Rows,
        _ operands: [DraftValue],
        weights: DraftValue?,
        bias: Int
    ) -> Bool {
        guard let weights else { return false }
        var kernel = integerGemm(source, size)
        var inputs = [rows, weights] + operands
        if has(bias) {
            guard isBias(bias, size), let value = plain(bias) else { return false }
            kernel.epilogue.bias = inputs.count
            inputs.append(value)
        }
        emit(kernel, inputs)
        return true
    }

    private func integerGemm(_ source: IntegerGemmKernel.Rows, _ size: ProductSize) -> IntegerGemmKernel {
        IntegerGemmKernel(source, rows: size.rows, columns: size.columns, inner: size.inner, tables: tables)
    }

    /// Adds the product of 8-bit rows by packed weights, times factors, and what makes 8-bit numbers of it again.
    fileprivate mutating func lowerRequantized(
        _ size: ProductSize,
        weights: Int,
        _ factors: [Float],
        leftZero: Int,
        rightZero: Int,
        outputZero: Int,
        transposed: Bool = false,
        bias: [Float] = []
    ) -> Bool {
        guard let type = outputType(), let shape = outputShape(), let a = plain(0),
            let packed = packedIntegers(
                size,
                weights: weights,
                zeroPoint: rightZero,
                scales: factors,
                transposed: transposed
            )
        else { return false }
        var inputs = [a, packed]
        var place: Int?
        if has(leftZero) {
            guard let zeroPoint = plain(leftZero) else { return false }
            place = inputs.count
            inputs.append(zeroPoint)
        }
        var kernel = integerGemm(
            .numbers(isSigned: elementType(0) == .int8, scale: nil, zeroPoint: place),
            size
        )
        if !bias.isEmpty {
            guard let value = numbers(bias.map { Double($0) }, count: 0) else { return false }
            kernel.epilogue.bias = inputs.count
            inputs.append(value)
        }
        guard has(outputZero) else {
            emit(kernel, inputs)
            return true
        }
        guard type == .uint8 || type == .int8, elementType(outputZero) == type,
            self.shape(outputZero)?.elementCount == 1, let one = numbers([1], count: 0),
            let zeroPoint = plain(outputZero)
        else { return false }
        let quotient = emitInner(kernel, inputs, .float, shape)
        let quantization = QuantizationKernel(
            direction: .quantize,
            outer: 1,
            channels: 1,
            inner: shape.elementCount,
            isSigned: type == .int8,
            hasZeroPoints: true
        )
        emit(quantization, [quotient, one, zeroPoint])
        return true
    }
}

extension UnsafeMutableRawPointer {
    /// Scales of columns; one counts for all, and none is 1.
    func storeScales(_ scales: [Float], count: Int) {
        let target = assumingMemoryBound(to: Float.self)
        for column in 0..<count { target[column] = scales.count == count ? scales[column] : scales.first ?? 1 }
    }
}

import CKernels
import OnnxIR
import Tensors

extension MatMul {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1), let left = node.shape(0), let right = node.shape(1), left.rank >= 1,
            right.rank >= 2, left.rank >= 2 || right.rank == 2
        else { return false }
        let inner = left[left.rank - 1]
        let (depth, columns) = (right[right.rank - 2], right[right.rank - 1])
        guard inner == depth, left.elementCount > 0, right.elementCount > 0, let result = node.outputShape()
        else { return false }
        if right.rank == 2, result.dimensions == Array(left.dimensions.dropLast()) + [columns],
            let weights = node.constant(1)
        {
            let size = ProductSize(rows: left.elementCount / inner, inner: inner, columns: columns)
            guard let input = node.plain(0), let product = node.product(size, by: weights, transposed: false)
            else { return false }
            node.emit(product.kernel, [input, product.weights])
            return true
        }
        guard left.rank >= 2, let leftStack = Shape(Array(left.dimensions.dropLast(2))),
            let rightStack = Shape(Array(right.dimensions.dropLast(2))),
            let stack = leftStack.broadcast(with: rightStack), stack.elementCount <= 1 << 20,
            result.dimensions == stack.dimensions + [left[left.rank - 2], columns]
        else { return false }
        let rows = left[left.rank - 2]
        let isShared = rightStack.elementCount == 1 && leftStack.elementCount == stack.elementCount
        let product = MatMulKernel(
            rows: isShared ? rows * stack.elementCount : rows,
            columns: columns,
            inner: inner,
            leftOffsets: isShared ? [0] : Array(StackedProduct.offsets(leftStack, in: stack, size: rows * inner)),
            rightOffsets: isShared ? [0] : Array(StackedProduct.offsets(rightStack, in: stack, size: inner * columns)),
            tables: node.tables
        )
        guard let a = node.plain(0), let b = node.plain(1) else { return false }
        node.emit(product, [a, b])
        return true
    }
}

extension Gemm {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1), let left = node.shape(0), let right = node.shape(1), left.rank == 2,
            right.rank == 2, let result = node.outputShape(), result.rank == 2, alpha.isFinite, beta.isFinite
        else { return false }
        let (rows, inner) = transposesA ? (left[1], left[0]) : (left[0], left[1])
        let (depth, columns) = transposesB ? (right[1], right[0]) : (right[0], right[1])
        guard inner == depth, rows * inner * columns > 0, result.dimensions == [rows, columns] else { return false }
        var offset: Shape?
        if node.has(2) {
            guard node.areFloats(2), let shape = node.shape(2), shape.broadcast(with: result) == result, beta == 1
            else { return false }
            offset = shape
        }
        let hasBias = offset.map { $0.rank > 0 && $0.elementCount == columns && $0[$0.rank - 1] == columns } ?? false
        let hasResidual = !hasBias && offset == result
        guard offset == nil || hasBias || hasResidual else { return false }
        var operands: [DraftValue] = []
        var epilogue = Epilogue(scale: alpha)
        if hasBias { epilogue.bias = 2 } else if hasResidual { epilogue.residual = 2 }
        var kernel: any EpilogueKernel
        if !transposesA, let weights = node.constant(1) {
            let size = ProductSize(rows: rows, inner: inner, columns: columns)
            guard let a = node.plain(0), let product = node.product(size, by: weights, transposed: transposesB)
            else { return false }
            operands = [a, product.weights]
            kernel = product.kernel
        } else {
            guard let a = node.plain(0), let b = node.plain(1) else { return false }
            operands = [a, b]
            kernel = MatMulKernel(
                rows: rows,
                columns: columns,
                inner: inner,
                leftOffsets: [0],
                rightOffsets: [0],
                transposesLeft: transposesA,
                transposesRight: transposesB,
                tables: node.tables
            )
        }
        if offset != nil {
            guard let c = node.plain(2) else { return false }
            operands.append(c)
        }
        kernel.epilogue = epilogue
        node.emit(kernel, operands)
        return true
    }
}

extension MatMulNBits {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0), let input = node.shape(0), input.dimensions.last == inner, input.elementCount > 0,
            let codes = node.constant(1), codes.elementType == .uint8,
            codes.shape.dimensions == [columns, blockCount, blockSize * bitCount / 8],
            let scales = node.constant(2), scales.elementType == .float, !node.has(4),
            node.outputShape()?.elementCount == input.elementCount / inner * columns
        else { return false }
        var zeros: Tensor?
        if node.has(3) {
            guard let given = node.constant(3), [.uint8, .float].contains(given.elementType) else { return false }
            zeros = given
        }
        let rows = input.elementCount / inner
        var kernel = GemmKernel(
            rows: rows,
            columns: columns,
            inner: inner,
            weights: .fewBits(bitCount: bitCount, blockSize: blockSize),
            tables: node.tables
        )
        guard let weights = packed(codes, scales, zeros, &node), let a = node.plain(0) else { return false }
        var operands = [a, weights]
        if node.has(5) {
            guard node.areFloats(5), node.shape(5)?.elementCount == columns, let bias = node.plain(5) else {
                return false
            }
            kernel.epilogue.bias = operands.count
            operands.append(bias)
        }
        node.emit(kernel, operands)
        return true
    }

    /// The weights in the form of the kernel; `nil` where scales or zero points do not fit them.
    private func packed(_ codes: Tensor, _ scales: Tensor, _ zeros: Tensor?, _ node: inout Lowering) -> DraftValue? {
        let kernels = node.tables.kernels.pointee
        let byteCount = kernels.bits_packed_bytes(inner, columns, UInt32(bitCount), blockSize)
        let parts = [scales, zeros].map { Int(bitPattern: $0?.region?.bytes.baseAddress) }
        let key = PackedConstants.Key(codes, "few-bits", parts + [bitCount, blockSize, columns, inner])
        guard let bytes = try? codes.pointer(UInt8.self), let factors = try? numbersOfBlocks("the scales", scales),
            let points = try? zeroPoints(zeros)
        else { return nil }
        return node.packed(key, of: codes, byteCount: byteCount) { target in
            factors.withUnsafeBufferPointer { factors in
                points.withUnsafeBufferPointer { points in
                    var weights = ck_bits_weights()
                    weights.codes = bytes
                    weights.bits = UInt32(bitCount)
                    weights.block = blockSize
                    weights.scales = factors.baseAddress
                    weights.zeros = points.baseAddress
                    kernels.bits_pack(&weights, inner, columns, target)
                }
            }
        }
    }
}

extension Lowering {
    /// The product by weights in the precision that is asked for, with the weights in the form of its kernel.
    fileprivate mutating func product(
        _ size: ProductSize,
        by weights: Tensor,
        transposed: Bool
    ) -> (kernel: any EpilogueKernel, weights: DraftValue)? {
        let (rows, inner, columns) = (size.rows, size.inner, size.columns)
        switch precision {
        case .bf16 where inner >= 32 && columns >= 16:
            let packed = packedHalves(weights, inner: inner, columns: columns, transposed: transposed)
            let kernel = GemmKernel(rows: rows, columns: columns, inner: inner, weights: .bfloat16, tables: tables)
            return packed.map { (kernel, $0) }
        case .int8 where inner >= 32 && columns >= 16 && size.isExact:
            let packed = quantisedWeights(weights, size, transposed: transposed)
            let kernel = IntegerGemmKernel(.floats, rows: rows, columns: columns, inner: inner, tables: tables)
            return packed.map { (kernel, $0) }
        case .fp32, .bf16, .int8:
            let packed = packedWeights(weights, inner: inner, columns: columns, transposed: transposed)
            let kernel = GemmKernel(rows: rows, columns: columns, inner: inner, tables: tables)
            return packed.map { (kernel, $0) }
        }
    }

    private mutating func packedHalves(
        _ weights: Tensor,
        inner: Int,
        columns: Int,
        transposed: Bool
    ) -> DraftValue? {
        let kernels = tables.kernels.pointee
        let count = kernels.bf16_packed_size(inner, columns)
        let key = PackedConstants.Key(weights, transposed ? "bf16-transposed" : "bf16")
        guard let source = try? weights.pointer(Float.self) else { return nil }
        return packed(key, of: weights, byteCount: count * MemoryLayout<UInt16>.stride) { target in
            let (rowStride, columnStride) = transposed ? (1, inner) : (columns, 1)
            let halves = target.assumingMemoryBound(to: UInt16.self)
            kernels.bf16_pack(source, rowStride, columnStride, inner, columns, halves)
        }
    }

    /// The weights as 8-bit numbers around zero, with a scale for each column.
    private mutating func quantisedWeights(_ weights: Tensor, _ size: ProductSize, transposed: Bool) -> DraftValue? {
        let kernels = tables.kernels.pointee
        let (inner, columns) = (size.inner, size.columns)
        let scalesByteCount = IntegerGemmKernel.scalesByteCount(columns)
        let key = PackedConstants.Key(weights, transposed ? "int8-transposed" : "int8")
        guard let source = try? weights.pointer(Float.self) else { return nil }
        let byteCount = scalesByteCount + kernels.i8_packed_bytes(inner, columns)
        return packed(key, of: weights, byteCount: byteCount) { target in
            let (rowStride, columnStride) = transposed ? (1, inner) : (columns, 1)
            var greatest = [Float](repeating: 0, count: columns)
            for row in 0..<inner {
                for column in 0..<columns {
                    greatest[column] = max(greatest[column], abs(source[row &* rowStride &+ column &* columnStride]))
                }
            }
            let scales = greatest.map { $0 > 0 ? $0 / 127 : 1 }
            target.storeScales(scales, count: columns)
            var numbers = [Int8](repeating: 0, count: inner * columns)
            for row in 0..<inner {
                for column in 0..<columns {
                    let quotient = source[row &* rowStride &+ column &* columnStride] / scales[column]
                    guard abs(quotient) <= 127.25 else { continue }
                    numbers[row &* columns &+ column] = Int8(quotient.rounded(.toNearestOrEven))
                }
            }
            kernels.i8_pack(numbers, true, columns, 1, inner, columns, nil, 0, target + scalesByteCount)
        }
    }

    /// The weights of a product in the form of its kernel.
    mutating func packedWeights(_ weights: Tensor, inner: Int, columns: Int, transposed: Bool) -> DraftValue? {
        let kernels = tables.kernels.pointee
        let count = kernels.f32_packed_size(inner, columns)
        let key = PackedConstants.Key(weights, transposed ? "gemm-transposed" : "gemm")
        guard let source = try? weights.bytePointer().assumingMemoryBound(to: Float.self) else { return nil }
        return packed(key, of: weights, byteCount: count * MemoryLayout<Float>.stride) { target in
            let (rowStride, columnStride) = transposed ? (1, inner) : (columns, 1)
            kernels.f32_pack(
                source,
                rowStride,
                columnStride,
                inner,
                columns,
                target.assumingMemoryBound(to: Float.self)
            )
        }
    }
}

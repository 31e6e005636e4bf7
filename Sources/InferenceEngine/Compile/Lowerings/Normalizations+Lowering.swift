import CKernels
import OnnxIR
import Tensors

extension Softmax {
    func lower(_ node: inout Lowering) -> Bool {
        guard form != .hardmax, node.areFloats(0), let shape = node.shape(0), shape.rank > 0,
            node.outputShape() == shape, shape.elementCount > 0, let axis = normalizedAxis(axis, rank: shape.rank),
            let input = node.plain(0)
        else { return false }
        let outer = shape.dimensions[..<axis].reduce(1, *)
        let inner = flattens ? 1 : shape.dimensions[(axis + 1)...].reduce(1, *)
        node.emit(
            SoftmaxKernel(
                isLogarithm: form == .logSoftmax,
                outer: outer,
                axis: shape.elementCount / (outer * inner),
                inner: inner
            ),
            [input]
        )
        return true
    }
}

extension LayerNormalization {
    func lower(_ node: inout Lowering) -> Bool {
        guard !node.names(output: 1), !node.names(output: 2), stashType == .float else { return false }
        return node.lowerLayerNorm(axis: axis, epsilon: epsilon, isCentred: true)
    }
}

extension RMSNormalization {
    func lower(_ node: inout Lowering) -> Bool {
        node.lowerLayerNorm(axis: axis, epsilon: epsilon, isCentred: false)
    }
}

extension Lowering {
    fileprivate mutating func lowerLayerNorm(axis: Int, epsilon: Float, isCentred: Bool) -> Bool {
        guard areFloats(0, 1), let shape = shape(0), shape.elementCount > 0, outputShape() == shape,
            let axis = normalizedAxis(axis, rank: shape.rank)
        else { return false }
        let normalised = Array(shape.dimensions[axis...])
        let columns = normalised.reduce(1, *)
        var kernel = LayerNormKernel(
            rows: shape.elementCount / columns,
            columns: columns,
            epsilon: epsilon,
            isCentred: isCentred,
            scale: 1
        )
        for index in 1..<min(3, inputCount) where has(index) {
            guard areFloats(index), let vector = self.shape(index), vector.elementCount == columns,
                vector.dimensions.drop(while: { $0 == 1 }) == normalised.drop(while: { $0 == 1 }),
                vector.rank <= shape.rank
            else { return false }
        }
        guard let input = plain(0), let scale = plain(1) else { return false }
        var operands = [input, scale]
        if has(2) {
            guard let bias = plain(2) else { return false }
            operands.append(bias)
            kernel.bias = 2
        }
        emit(kernel, operands)
        return true
    }
}

extension InstanceNormalization {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0, 1, 2), let shape = node.shape(0), shape.rank >= 2, shape.elementCount > 0,
            node.outputShape() == shape, !scalesGroups, node.shape(1)?.dimensions == [shape[1]],
            node.shape(2)?.dimensions == [shape[1]], shape[1] % (groupCount ?? 1) == 0,
            let x = node.plain(0), let scale = node.plain(1), let bias = node.plain(2)
        else { return false }
        node.emit(
            GroupNormKernel(
                outer: shape[0],
                groups: groupCount ?? shape[1],
                channels: shape[1],
                inner: shape.dimensions[2...].reduce(1, *),
                epsilon: epsilon
            ),
            [x, scale, bias]
        )
        return true
    }
}

extension BatchNormalization {
    func lower(_ node: inout Lowering) -> Bool {
        guard !trains, isSpatial, node.areFloats(0, 1, 2, 3, 4), let shape = node.shape(0), shape.rank >= 2,
            shape.elementCount > 0, node.outputShape() == shape, (1...4).allSatisfy({ !node.names(output: $0) })
        else { return false }
        var vectors: [[Float]] = []
        for index in 1...4 {
            guard node.shape(index)?.dimensions == [shape[1]],
                let vector = try? node.constant(index)?.array(of: Float.self)
            else { return false }
            vectors.append(vector)
        }
        let factors = zip(vectors[0], vectors[3]).map { Double($0) / (Double($1) + Double(epsilon)).squareRoot() }
        let shifts = zip(zip(vectors[1], vectors[2]), factors).map { Double($0.0) - Double($0.1) * $1 }
        let block = Layout.blockLength
        let channels = node.isBlocked(0) ? (shape[1] + block - 1) / block * block : shape[1]
        guard let scale = node.numbers(factors, count: channels), let shift = node.numbers(shifts, count: channels)
        else { return false }
        let inner = shape.dimensions[2...].reduce(1, *)
        guard node.isBlocked(0) else {
            guard let x = node.plain(0) else { return false }
            node.emit(BatchNormKernel(outer: shape[0], channels: shape[1], inner: inner), [x, scale, shift])
            return true
        }
        guard let x = node.blocked(0) else { return false }
        let rows = channels / block
        node.emit(
            ScaleBlocksKernel(blocks: shape[0] * rows, positions: inner, rows: rows, hasShift: true),
            [x, scale, shift],
            layout: .blocked
        )
        return true
    }
}

extension Lowering {
    /// Numbers as a constant of the segment, zeros behind them.
    mutating func numbers(_ numbers: [Double], count: Int) -> DraftValue? {
        let padded = numbers.map { Float($0) } + [Float](repeating: 0, count: max(0, count - numbers.count))
        guard let tensor = try? Tensor(padded), let region = tensor.region else { return nil }
        return addConstant(region, .float, tensor.shape)
    }
}

extension LRN {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0), let shape = node.shape(0), shape.rank >= 2, shape.elementCount > 0,
            node.outputShape() == shape, let x = node.plain(0)
        else { return false }
        node.emit(
            LRNKernel(
                outer: shape[0],
                channels: shape[1],
                inner: shape.dimensions[2...].reduce(1, *),
                size: size,
                alpha: alpha,
                beta: beta,
                bias: bias
            ),
            [x]
        )
        return true
    }
}

extension Reduce {
    func lower(_ node: inout Lowering) -> Bool {
        guard node.areFloats(0), let shape = node.shape(0), shape.elementCount > 0,
            fixedAxes != nil || !node.has(1) || node.integers(1) != nil,
            let axes = try? axes(fixedAxes ?? node.integers(1), rank: shape.rank).sorted(), let first = axes.first,
            let last = axes.last
        else { return false }
        // Axes of extent 1 between the reduced ones do no harm.
        let isRun = (first...last).allSatisfy { axes.contains($0) || shape[$0] == 1 }
        guard isRun, let result = node.outputShape() else { return false }
        let outer = shape.dimensions[..<first].reduce(1, *)
        let inner = shape.dimensions[(last + 1)...].reduce(1, *)
        guard result.elementCount == outer * inner, let input = node.plain(0) else { return false }
        node.emit(
            ReduceKernel(
                reduction: reduction,
                outer: outer,
                axis: shape.elementCount / (outer * inner),
                inner: inner
            ),
            [input]
        )
        return true
    }

    private var reduction: ck_reduction {
        switch form {
        case .l1: CK_REDUCTION_L1
        case .l2: CK_REDUCTION_L2
        case .logSum: CK_REDUCTION_LOG_SUM
        case .logSumExp: CK_REDUCTION_LOG_SUM_EXP
        case .max: CK_REDUCTION_MAX
        case .mean: CK_REDUCTION_MEAN
        case .min: CK_REDUCTION_MIN
        case .prod: CK_REDUCTION_PROD
        case .sum: CK_REDUCTION_SUM
        case .sumSquare: CK_REDUCTION_SUM_SQUARE
        }
    }
}

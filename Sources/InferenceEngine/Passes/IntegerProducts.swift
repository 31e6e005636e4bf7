import OnnxIR
import Tensors

extension Passes {
    /// `Cast(MatMulInteger(a, b)) · (scale of a · scale of b)` becomes `MatMulIntegerToFloat`, and with `ConvInteger` a
    /// convolution of floats.
    ///
    /// NUMERICS: where the convolution is lowered to products of 8-bit numbers its sums are exact; elsewhere it rounds as
    /// `Conv` does.
    ///
    /// *Source*: ONNX Runtime's `quantize_dynamic`.
    static let integerProducts = GraphPass.fusion("integer-products", roots: "Mul") { match in
        guard match.areFloat(match.output) else { return nil }
        return match.commuted(match.node) { match, numbers, scales in
            guard match.areFloat(numbers, scales),
                let node = match.maker(of: match.argument(of: numbers, "Cast"), "MatMulInteger", "ConvInteger"),
                let factors = match.scales(scales), let a = node.input(0), let b = node.input(1),
                match.index.constant(b) != nil
            else { return nil }
            if node.isStandard("MatMulInteger") { return match.product(node, a, b, factors) }
            return match.convolution(node, a, b, factors)
        }
    }

    /// `MatMul` and `Gemm` of a dequantised value and of dequantised weights become `MatMulIntegerToFloat`.
    ///
    /// NUMERICS: the integer sums are exact, so that the results differ from those of the floats by the latter's
    /// rounding.
    ///
    /// *Source*: ONNX Runtime's `quantize_static` with `QuantFormat.QDQ`.
    static let dequantizedProducts = GraphPass.fusion("dequantized-products", roots: "MatMul", "Gemm") { match in
        guard match.areFloat(match.output), let left = match.node.input(0).flatMap({ match.dequantized($0) }),
            let right = match.node.input(1).flatMap({ match.dequantized($0) }), left.isWhole(match),
            let weights = match.index.constant(right.numbers), weights.shape.rank == 2,
            match.index.constant(right.scale) != nil,
            right.zeroPoint.map({ match.index.constant($0) != nil }) ?? true
        else { return nil }
        var columnAxis = 1
        var operand = NodeSketch.Operand.value(right.numbers)
        var bias = NodeSketch.Operand.absent
        if match.node.isStandard("Gemm") {
            guard let gemm = match.node.operation as? Gemm, !gemm.transposesA, gemm.alpha == 1 else { return nil }
            if gemm.transposesB {
                columnAxis = 0
                operand = .node(NodeSketch(transposing: operand, [1, 0]))
            }
            if let value = match.node.input(2) {
                guard gemm.beta == 1, match.areFloat(value),
                    match.facts(value).shape == [.fixed(weights.shape[columnAxis])]
                else { return nil }
                bias = .value(value)
            }
        }
        guard right.isWhole(match) || right.isSpread(match, over: weights.shape, axis: columnAxis),
            weights.shape[1 - columnAxis] <= ProductSize.greatestExactDepth
        else { return nil }
        return NodeSketch(
            "MatMulIntegerToFloat",
            domain: .microsoft,
            opset: 1,
            [
                .value(left.numbers), operand, .value(left.scale), .value(right.scale), left.zeroPointOperand,
                right.zeroPointOperand, bias,
            ]
        )
    }

    /// `Gather` of rows of a dequantised table dequantises the rows alone.
    static let dequantizedGather = GraphPass.fusion("dequantized-gather", roots: "Gather") { match in
        guard match.areFloat(match.output), let table = match.node.input(0).flatMap({ match.dequantized($0) }),
            table.isWhole(match), match.index.constant(table.numbers) != nil, let indices = match.node.input(1)
        else { return nil }
        let axis = match.node.attributes["axis"].map { ["axis": $0] } ?? [:]
        let rows = NodeSketch("Gather", opset: 13, attributes: axis, [.value(table.numbers), .value(indices)])
        return NodeSketch(
            "DequantizeLinear",
            opset: 13,
            [.node(rows), .value(table.scale), table.zeroPointOperand]
        )
    }
}

/// Numbers of 8 bits with what makes floats of them.
private struct Dequantized {
    let numbers: ValueID
    let scale: ValueID
    let zeroPoint: ValueID?
    let axis: Int

    var zeroPointOperand: NodeSketch.Operand { zeroPoint.map { .value($0) } ?? .absent }

    /// Whether one scale and one zero point count for all numbers.
    func isWhole(_ match: Match) -> Bool {
        [scale, zeroPoint].allSatisfy { value in
            value.map { match.facts($0).fixedShape?.elementCount == 1 } ?? true
        }
    }

    /// Whether each index of an axis has a scale and a zero point.
    func isSpread(_ match: Match, over shape: Shape, axis: Int) -> Bool {
        normalizedAxis(self.axis, rank: shape.rank) == axis
            && [scale, zeroPoint].allSatisfy { value in
                value.map { match.facts($0).fixedShape?.dimensions == [shape[axis]] } ?? true
            }
    }
}

extension Match {
    /// The numbers that a value is made of by `DequantizeLinear`, which may have other readers.
    fileprivate func dequantized(_ value: ValueID) -> Dequantized? {
        guard let position = index.maker(of: value) else { return nil }
        let node = index.graph.nodes[position]
        guard let operation = node.operation as? DequantizeLinear, operation.granularity.blockSize == 0,
            let numbers = node.input(0), let scale = node.input(1), areFloat(value, scale), isByte(numbers)
        else { return nil }
        if let zeroPoint = node.input(2), facts(zeroPoint).elementType != facts(numbers).elementType { return nil }
        return Dequantized(
            numbers: numbers,
            scale: scale,
            zeroPoint: node.input(2),
            axis: operation.granularity.axis
        )
    }

    private func isByte(_ value: ValueID) -> Bool {
        facts(value).elementType == .uint8 || facts(value).elementType == .int8
    }

    /// The two factors of the scale of a product: that of the left operand, a single one, and that of constant weights.
    fileprivate func scales(_ value: ValueID) -> (left: ValueID, right: ValueID)? {
        guard let position = index.maker(of: value) else { return nil }
        let node = index.graph.nodes[position]
        guard node.isStandard("Mul"), node.version >= 7, let first = node.input(0), let second = node.input(1) else {
            return nil
        }
        for (left, right) in [(first, second), (second, first)] where index.constant(right) != nil {
            if areFloat(left, right), isScalar(left) { return (left, right) }
        }
        return nil
    }

    private func isScalar(_ value: ValueID?) -> Bool {
        value.map { facts($0).fixedShape?.elementCount == 1 } ?? true
    }

    fileprivate func product(
        _ node: LoadedNode,
        _ a: ValueID,
        _ b: ValueID,
        _ scales: (left: ValueID, right: ValueID)
    ) -> NodeSketch? {
        guard let weights = index.constant(b), weights.shape.rank == 2, isByte(a), isByte(b),
            let rank = facts(a).shape?.count, rank >= 2, let scale = index.constant(scales.right),
            scale.shape.elementCount == 1 || scale.shape.dimensions == [weights.shape[1]],
            let scaleRank = facts(scales.left).shape?.count, max(scaleRank, scale.shape.rank) <= rank,
            isScalar(node.input(2))
        else { return nil }
        return NodeSketch(
            "MatMulIntegerToFloat",
            domain: .microsoft,
            opset: 1,
            [
                .value(a), .value(b), .value(scales.left), .value(scales.right), operand(node.input(2)),
                operand(node.input(3)),
            ]
        )
    }

    fileprivate func convolution(
        _ node: LoadedNode,
        _ a: ValueID,
        _ b: ValueID,
        _ scales: (left: ValueID, right: ValueID)
    ) -> NodeSketch? {
        guard isByte(a), isByte(b), let weights = index.constant(b), isScalar(scales.right),
            isScalar(node.input(2)), isScalar(node.input(3)),
            [scales.left, scales.right].allSatisfy({ facts($0).shape.map { $0.count <= 1 } ?? false }),
            weights.shape.rank >= 3
        else { return nil }
        let dequantize = { (numbers: ValueID, scale: ValueID, zeroPoint: NodeSketch.Operand) in
            let inputs: [NodeSketch.Operand] = [.value(numbers), .value(scale), zeroPoint]
            return NodeSketch.Operand.node(NodeSketch("DequantizeLinear", opset: 13, inputs))
        }
        return NodeSketch(
            "Conv",
            opset: 11,
            attributes: node.attributes,
            [dequantize(a, scales.left, operand(node.input(2))), dequantize(b, scales.right, operand(node.input(3)))]
        )
    }

    private func operand(_ value: ValueID?) -> NodeSketch.Operand { value.map { .value($0) } ?? .absent }
}

import OnnxIR

extension Passes {
    /// `(x - mean) / Sqrt(variance + epsilon)`, scaled and shifted or not, becomes `LayerNormalization`.
    ///
    /// *Source*: PyTorch divides the differences, TensorFlow and Keras write `x · inverse + (shift - mean · inverse)`.
    static let layerNormalization = GraphPass.fusion(
        "layer-normalization",
        roots: "Add",
        "Sub",
        "Mul",
        "Div"
    ) { match in
        guard let output = match.output, match.areFloat(output) else { return nil }
        switch match.node.definition.name {
        case "Mul", "Div": return match.normalised(output)?.sketch(shift: .absent)
        case "Add":
            return match.commuted(match.node) { match, value, shift in
                guard match.index.hasOneReader(value), let normal = match.normalised(value),
                    let shift = match.parameter(shift, over: normal.axes)
                else { return nil }
                return normal.sketch(shift: shift)
            } ?? match.commuted(match.node) { match, product, rest in match.expanded(product, rest, sign: 1) }
        default:
            guard let product = match.node.input(0), let rest = match.node.input(1) else { return nil }
            return match.expanded(product, rest, sign: -1)
        }
    }
}

/// A value that is normalised over its last axes.
private struct Normal {
    let x: ValueID
    let axes: TrailingAxes
    let epsilon: Double
    let scale: NodeSketch.Operand

    func sketch(shift: NodeSketch.Operand) -> NodeSketch {
        NodeSketch(
            "LayerNormalization",
            opset: 17,
            attributes: ["axis": .int(Int64(-axes.count)), "epsilon": .float(Float(epsilon))],
            [.value(x), scale, shift]
        )
    }
}

extension Match {
    /// `difference · inverse root · scale`.
    fileprivate mutating func normalised(_ value: ValueID) -> Normal? {
        let product = product(of: value)
        guard let root = inverseRoot(in: product) else { return nil }
        for difference in root.others.powers.keys.sorted() {
            let found = attempt { match -> Normal? in
                guard let (x, mean) = match.difference(difference),
                    let axes = match.variance(root.mean, of: x, mean: mean, difference: difference),
                    match.facts(value).shape == match.facts(x).shape,
                    let scale = match.scale(in: root.others, beside: difference, over: axes)
                else { return nil }
                return Normal(x: x, axes: axes, epsilon: root.epsilon, scale: scale)
            }
            if let found { return found }
        }
        return nil
    }

    /// `x · inverse ± rest`, where the rest holds `mean · inverse`, and a shift that may be left out.
    fileprivate mutating func expanded(_ value: ValueID, _ rest: ValueID, sign: Double) -> NodeSketch? {
        attempt { match in
            let product = match.product(of: value)
            guard product.coefficient.isAlmost(1), product.powers.count == 2 else {
                return nil
            }
            let powers = product.powers.sorted { $0.key < $1.key }
            for (x, inverse) in [(powers[0], powers[1]), (powers[1], powers[0])] where x.value == 1 {
                let found = match.attempt { $0.expanded(x: x.key, inverse: (inverse.key, inverse.value), rest, sign) }
                if let found { return found }
            }
            return nil
        }
    }

    private mutating func expanded(
        x: ValueID,
        inverse: (value: ValueID, power: Int),
        _ rest: ValueID,
        _ sign: Double
    ) -> NodeSketch? {
        var factors = Product(powers: [inverse.value: inverse.power])
        if inverse.power == 1 { factors = product(of: inverse.value, enters: true) }
        factors.powers[x, default: 0] += 1
        guard let root = inverseRoot(in: factors), let (squares, axes) = trailingMean(root.mean),
            facts(output).shape == facts(x).shape, let scale = scale(in: root.others, beside: x, over: axes),
            let mean = meanOfSquares(squares, of: x, over: axes),
            let shift = shift(rest, without: [mean: 1, inverse.value: inverse.power], sign, over: axes)
        else { return nil }
        return Normal(x: x, axes: axes, epsilon: root.epsilon, scale: scale).sketch(shift: shift)
    }

    /// What is added to the normal form beside `-mean · inverse`.
    private mutating func shift(
        _ rest: ValueID,
        without powers: [ValueID: Int],
        _ sign: Double,
        over axes: TrailingAxes
    ) -> NodeSketch.Operand? {
        let alone = attempt { match -> Bool? in
            let product = match.product(of: rest)
            return product.powers == powers && (sign * product.coefficient).isAlmost(-1) ? true : nil
        }
        if alone != nil { return .absent }
        guard sign == 1, index.hasOneReader(rest), let node = maker(of: rest, "Add", "Sub") else { return nil }
        let find = { (match: inout Match, shift: ValueID, other: ValueID, sign: Double) -> NodeSketch.Operand? in
            let product = match.product(of: other)
            guard product.powers == powers, (sign * product.coefficient).isAlmost(-1) else { return nil }
            return match.parameter(shift, over: axes)
        }
        if node.isStandard("Add") {
            return commuted(node) { match, shift, other in find(&match, shift, other, 1) }
        }
        guard let shift = node.input(0), let other = node.input(1) else { return nil }
        return attempt { find(&$0, shift, other, -1) }
    }

    /// The two values whose difference another one is.
    private mutating func difference(_ value: ValueID) -> (ValueID, ValueID)? {
        guard let node = maker(of: value, "Sub"), let first = node.input(0), let second = node.input(1) else {
            return nil
        }
        return (first, second)
    }

    /// The axes over which a value is the mean of the squares of `x - mean`, with the mean over the same axes.
    private mutating func variance(
        _ value: ValueID,
        of x: ValueID,
        mean: ValueID,
        difference: ValueID
    ) -> TrailingAxes? {
        guard let (squares, axes) = trailingMean(value), isSquare(squares, of: difference),
            let (source, meanAxes) = trailingMean(mean), source == x, meanAxes == axes
        else { return nil }
        return axes
    }

    /// The mean that is taken off `x` in squares of differences.
    private mutating func meanOfSquares(_ squares: ValueID, of x: ValueID, over axes: TrailingAxes) -> ValueID? {
        let product = product(of: squares, enters: true)
        guard product.coefficient.isAlmost(1), let factor = product.powers.first, product.powers.count == 1,
            factor.value == 2, let (first, mean) = difference(factor.key), first == x,
            let (source, meanAxes) = trailingMean(mean), source == x, meanAxes == axes
        else { return nil }
        return mean
    }
}

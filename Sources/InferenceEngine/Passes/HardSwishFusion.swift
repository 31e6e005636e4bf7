import OnnxIR

extension Passes {
    /// `x · HardSigmoid(x)` and `x · Clip(x + 3, 0, 6) / 6` become `HardSwish`.
    static let hardSwish = GraphPass.fusion("hard-swish", roots: "Mul", "Div") { match in
        match.gated { match, gate in
            guard !gate.divides, let ramp = match.ramp(gate.gate, of: gate.x) else { return nil }
            let numbers = [ramp.slope, ramp.offset, ramp.least, ramp.largest].map { $0 * gate.coefficient }
            guard zip(numbers, [1.0 / 6, 0.5, 0, 1]).allSatisfy({ $0.isAlmost($1) }) else { return nil }
            return NodeSketch("HardSwish", opset: 22, [.value(gate.x)])
        }
    }
}

/// `slope · x + offset`, held between two numbers.
private struct Ramp {
    let slope: Double
    let offset: Double
    let least: Double
    let largest: Double
}

extension Match {
    fileprivate mutating func ramp(_ value: ValueID, of x: ValueID) -> Ramp? {
        guard let node = maker(of: value, "HardSigmoid", "Clip"), let input = node.input(0) else {
            return nil
        }
        if let operation = node.operation as? ElementwiseReal<HardSigmoid> {
            let function = operation.function
            guard input == x else { return nil }
            return Ramp(slope: Double(function.alpha), offset: Double(function.beta), least: 0, largest: 1)
        }
        guard let clip = node.operation as? Clip, let polynomial = polynomial(of: input, in: x), polynomial[2] == 0,
            polynomial[3] == 0
        else { return nil }
        let least = clip.least.map { Double($0) } ?? bound(node, 1)
        let largest = clip.largest.map { Double($0) } ?? bound(node, 2)
        guard let least, let largest else { return nil }
        return Ramp(slope: polynomial[1], offset: polynomial[0], least: least, largest: largest)
    }

    private func bound(_ node: LoadedNode, _ place: Int) -> Double? {
        index.constant(node.input(place))?.number
    }
}

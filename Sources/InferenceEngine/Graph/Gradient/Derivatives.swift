import Diagnostics
import OnnxIR
import Tensors

/// What the gradient of an operator's output means for its inputs.
enum Derivatives {
    /// The gradients of a node's inputs from that of its first output; `nil` for an input that no small change reaches,
    /// such as a condition or a shape.
    typealias Rule = @Sendable (Node, String, inout GradientValues) throws(EngineError) -> [String?]

    /// Whether no small change of a node's inputs reaches its outputs: they are counts, truth values or whole numbers.
    static func isDiscrete(_ node: Node) -> Bool {
        guard node.opType == "Cast" else { return discrete.contains(node.opType) }
        guard case .int(let number)? = node.attributes.first(where: { $0.name == "to" })?.value else { return false }
        let floats: [ElementType] = [.float, .double, .float16, .bfloat16]
        return !floats.contains { Int64($0.rawValue) == number }
    }

    private static let discrete: Set = [
        "And", "ArgMax", "ArgMin", "Ceil", "Equal", "Floor", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less",
        "LessOrEqual", "NonZero", "Not", "Or", "Round", "ScalarLike", "Shape", "Sign", "Size", "Xor",
    ]

    /// The rules by the names of the operators, in alphabetical order.
    static let rules: [String: Rule] = [
        "Abs": unary { x, _, g, v in v.make("Mul", g, v.make("Sign", x)) },
        "Add": { node, g, v throws(EngineError) in node.inputs.map { v.sum(g, toShapeOf: $0) } },
        "Cast": unary { x, _, g, v in v.make("CastLike", g, x, domain: .gradient) },
        "CastLike": { node, g, v throws(EngineError) in [v.make("CastLike", g, node.inputs[0], domain: .gradient), nil]
        },
        "Cos": unary { x, _, g, v in v.make("Neg", v.make("Mul", g, v.make("Sin", x))) },
        "Div": div,
        "Dropout": { node, g, _ throws(EngineError) in
            guard node.inputs.count < 3 || node.inputs[2].isEmpty else {
                throw EngineError(.unsupportedOperator, "the derivative of `Dropout` that may train is not supported")
            }
            return [g] + node.inputs.dropFirst().map { _ in nil }
        },
        "Erf": unary { x, _, g, v in
            let bell = v.make("Exp", v.make("Neg", v.make("Mul", x, x)))
            return v.make("Mul", g, v.make("Mul", bell, v.scalar(1.1283791670955126, like: x)))
        },
        "Exp": unary { _, y, g, v in v.make("Mul", g, y) },
        "Expand": { node, g, v throws(EngineError) in [v.sum(g, toShapeOf: node.inputs[0]), nil] },
        "Flatten": reshape,
        "Gemm": gemm,
        "Identity": { _, g, _ throws(EngineError) in [g] },
        "Log": unary { x, _, g, v in v.make("Div", g, x) },
        "MatMul": { node, g, v throws(EngineError) in
            let (a, b) = (node.inputs[0], node.inputs[1])
            let left = v.make("MatMul", g, v.make("SwapLastAxes", b, domain: .gradient))
            let right = v.make("MatMul", v.make("SwapLastAxes", a, domain: .gradient), g)
            return [v.sum(left, toShapeOf: a), v.sum(right, toShapeOf: b)]
        },
        "Mul": { node, g, v throws(EngineError) in
            let (a, b) = (node.inputs[0], node.inputs[1])
            return [v.sum(v.make("Mul", g, b), toShapeOf: a), v.sum(v.make("Mul", g, a), toShapeOf: b)]
        },
        "Neg": unary { _, _, g, v in v.make("Neg", g) },
        "Pow": pow,
        "Reciprocal": unary { _, y, g, v in v.make("Neg", v.make("Mul", g, v.make("Mul", y, y))) },
        "ReduceMean": { node, g, v throws(EngineError) in
            let spread = v.spread(g, of: node)
            let (all, kept) = (v.make("Size", node.inputs[0]), v.make("Size", node.outputs[0]))
            let count = v.make("CastLike", v.make("Div", all, kept), node.inputs[0], domain: .gradient)
            return [v.make("Div", spread, count)] + node.inputs.dropFirst().map { _ in nil }
        },
        "ReduceSum": { node, g, v throws(EngineError) in
            [v.spread(g, of: node)] + node.inputs.dropFirst().map { _ in nil }
        },
        "Relu": unary { x, _, g, v in
            v.make("Where", v.make("Greater", x, v.scalar(0, like: x)), g, v.scalar(0, like: x))
        },
        "Reshape": reshape,
        "Sigmoid": unary { _, y, g, v in
            v.make("Mul", g, v.make("Mul", y, v.make("Sub", v.scalar(1, like: y), y)))
        },
        "Sin": unary { x, _, g, v in v.make("Mul", g, v.make("Cos", x)) },
        "Softplus": unary { x, _, g, v in v.make("Mul", g, v.make("Sigmoid", x)) },
        "Sqrt": unary { _, y, g, v in v.make("Div", g, v.make("Add", y, y)) },
        "Squeeze": reshape,
        "Sub": { node, g, v throws(EngineError) in
            [v.sum(g, toShapeOf: node.inputs[0]), v.sum(v.make("Neg", g), toShapeOf: node.inputs[1])]
        },
        "Sum": { node, g, v throws(EngineError) in node.inputs.map { v.sum(g, toShapeOf: $0) } },
        "SumToShape": { node, g, v throws(EngineError) in [v.make("Expand", g, v.make("Shape", node.inputs[0])), nil] },
        "SwapLastAxes": unary { _, _, g, v in v.make("SwapLastAxes", g, domain: .gradient) },
        "Tanh": unary { _, y, g, v in
            v.make("Mul", g, v.make("Sub", v.scalar(1, like: y), v.make("Mul", y, y)))
        },
        "Transpose": transpose,
        "Unsqueeze": reshape,
        "Where": { node, g, v throws(EngineError) in
            let zero = v.scalar(0, like: g)
            let first = v.make("Where", node.inputs[0], g, zero)
            let second = v.make("Where", node.inputs[0], zero, g)
            return [nil, v.sum(first, toShapeOf: node.inputs[1]), v.sum(second, toShapeOf: node.inputs[2])]
        },
    ]

    private static func unary(
        _ derive: @escaping @Sendable (_ x: String, _ y: String, _ g: String, inout GradientValues) -> String
    ) -> Rule {
        { node, g, v throws(EngineError) in [derive(node.inputs[0], node.outputs[0], g, &v)] }
    }

    private static let reshape: Rule = { node, g, v throws(EngineError) in
        [v.make("Reshape", g, v.make("Shape", node.inputs[0]))] + node.inputs.dropFirst().map { _ in nil }
    }

    private static let div: Rule = { node, g, v throws(EngineError) in
        let (a, b) = (node.inputs[0], node.inputs[1])
        let first = v.make("Div", g, b)
        let second = v.make("Neg", v.make("Mul", first, node.outputs[0]))
        return [v.sum(first, toShapeOf: a), v.sum(second, toShapeOf: b)]
    }

    private static let pow: Rule = { node, g, v throws(EngineError) in
        let (base, exponent) = (node.inputs[0], node.inputs[1])
        let power = v.make("Pow", base, v.make("Sub", exponent, v.scalar(1, like: exponent)))
        let first = v.make("Mul", g, v.make("Mul", power, v.make("CastLike", exponent, base, domain: .gradient)))
        let second = v.make("Mul", g, v.make("Mul", node.outputs[0], v.make("Log", base)))
        let like = v.make("CastLike", second, exponent, domain: .gradient)
        return [v.sum(first, toShapeOf: base), v.sum(like, toShapeOf: exponent)]
    }

    private static let transpose: Rule = { node, g, v throws(EngineError) in
        guard case .ints(let order)? = node.attributes.first(where: { $0.name == "perm" })?.value else {
            return [v.make("Transpose", g)]
        }
        var inverse = [Int64](repeating: 0, count: order.count)
        for (place, axis) in order.enumerated() where inverse.indices.contains(Int(clamping: axis)) {
            inverse[Int(axis)] = Int64(place)
        }
        return [v.make("Transpose", g, attributes: [Attribute("perm", .ints(inverse))])]
    }

    private static let gemm: Rule = { node, g, v throws(EngineError) in
        func number(_ name: String) -> AttributeValue? { node.attributes.first { $0.name == name }?.value }
        func holds(_ name: String) -> Bool {
            guard case .int(let value)? = number(name) else { return false }
            return value != 0
        }
        let (a, b) = (node.inputs[0], node.inputs[1])
        let alpha = number("alpha").map { [Attribute("alpha", $0)] } ?? []
        func transposing(_ first: Bool, _ second: Bool) -> [Attribute] {
            alpha + [Attribute("transA", .int(first ? 1 : 0)), Attribute("transB", .int(second ? 1 : 0))]
        }
        let (isA, isB) = (holds("transA"), holds("transB"))
        let first =
            isA
            ? v.make("Gemm", b, g, attributes: transposing(isB, true))
            : v.make("Gemm", g, b, attributes: transposing(false, !isB))
        let second =
            isB
            ? v.make("Gemm", g, a, attributes: transposing(true, isA))
            : v.make("Gemm", a, g, attributes: transposing(!isA, false))
        guard node.inputs.count > 2 else { return [first, second] }
        var third = g
        if case .float(let beta)? = number("beta") { third = v.make("Mul", g, v.scalar(Double(beta), like: g)) }
        return [first, second, v.sum(third, toShapeOf: node.inputs[2])]
    }
}

extension GradientValues {
    /// The gradient of a reduction spread over the elements that were reduced.
    fileprivate mutating func spread(_ gradient: String, of node: Node) -> String {
        var kept = node
        kept.attributes = node.attributes.filter { $0.name != "keepdims" } + [Attribute("keepdims", .int(1))]
        let shape = make("Shape", copy(kept))
        return make("Expand", make("Reshape", gradient, shape), make("Shape", node.inputs[0]))
    }

    private mutating func copy(_ node: Node) -> String {
        let renamed = renaming([node], fed: [:])
        append(renamed.nodes)
        return renamed.names[node.outputs[0]] ?? ""
    }
}

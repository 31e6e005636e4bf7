import Diagnostics
import OnnxIR
import Tensors

/// `alpha · A' · B' + beta · C`, where a prime stands for an optional transposition.
///
/// *Shapes*: `[m, k] × [k, n] → [m, n]`; `C` broadcasts to the result.
struct Gemm: Operator {
    let alpha: Float
    let beta: Float
    let transposesA: Bool
    let transposesB: Bool

    static let definition = OperatorDefinition("Gemm", since: 1, 6, 7, 9, 11, 13, halves: .widened) {
        node throws(EngineError) in
        try Gemm(node)
    }

    init(_ node: NodeContext) throws(EngineError) {
        alpha = try node.float("alpha", default: 1)
        beta = try node.float("beta", default: 1)
        transposesA = try node.bool("transA", default: false)
        transposesB = try node.bool("transB", default: false)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let a = inputs.shape(0), let b = inputs.shape(1), a.count == 2, b.count == 2 else {
            return [.tensor(inputs.elementType())]
        }
        return [.tensor(inputs.elementType(), [a[transposesA ? 1 : 0], b[transposesB ? 0 : 1]])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        switch try call.tensor(0).elementType {
        case .float: return [try compute(Float.self, call) { Float($0) }]
        case .double: return [try compute(Double.self, call) { Double($0) }]
        case .int32: return [try compute(Int32.self, call) { Int32(saturating: $0) }]
        case .int64: return [try compute(Int64.self, call) { Int64(saturating: $0) }]
        case .uint32: return [try compute(UInt32.self, call) { UInt32(saturating: $0) }]
        case .uint64: return [try compute(UInt64.self, call) { UInt64(saturating: $0) }]
        case let type: throw .elementType(type, expected: "float, double, or an integer of 32 or 64 bits")
        }
    }

    @inline(__always)
    private func compute<Element: ProductElement>(
        _ type: Element.Type,
        _ call: OperatorCall,
        _ scale: (Float) -> Element
    ) throws(EngineError) -> Value {
        let a = try call.tensor(0)
        let b = try call.tensor(1)
        guard a.shape.rank == 2, b.shape.rank == 2 else {
            throw EngineError(.shape, "operands are not matrices, A \(a.shape), B \(b.shape)")
        }
        let (rows, inner) = transposesA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let (depth, columns) = transposesB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
        guard inner == depth else {
            throw EngineError(.shape, "inner dimensions differ, A \(a.shape), B \(b.shape)")
        }
        let shape = try call.shape([rows, columns])
        let straight = transposesB ? try call.transposed(b, [1, 0]) : b
        let lhs = try a.pointer(type)
        let rhs = try straight.pointer(type)
        let (alpha, beta) = (scale(alpha), scale(beta))
        let offset = try call.optionalTensor(2)
        let product = try call.tensor(of: type, shape, zeroed: true) { target in
            let view = MatrixView(
                base: lhs,
                rowStride: transposesA ? 1 : inner,
                columnStride: transposesA ? rows : 1
            )
            addProduct(view, rhs, target, rows: rows, inner: inner, columns: columns)
        }
        withExtendedLifetime(straight) {}
        guard offset != nil || alpha != 1 else { return .tensor(product) }
        guard let offset else {
            return .tensor(try call.map(product) { (x: Element) in Element.scaled(x, alpha) })
        }
        guard offset.shape.broadcast(with: shape) == shape else {
            throw EngineError(.shape, "C \(offset.shape) does not broadcast to \(shape)")
        }
        return .tensor(
            try call.map(product, offset) { (x: Element, y: Element) in
                var sum = Element.scaled(x, alpha)
                Element.multiplyAdd(&sum, beta, y)
                return sum
            }
        )
    }
}

extension ProductElement {
    @inline(__always)
    fileprivate static func scaled(_ x: Self, _ factor: Self) -> Self {
        var result: Self = 0
        multiplyAdd(&result, x, factor)
        return result
    }
}

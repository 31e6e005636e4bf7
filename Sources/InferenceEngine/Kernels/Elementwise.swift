import Diagnostics
import OnnxIR
import Tensors

/// A function of one real number, with the attributes that shape it.
protocol RealFunction: Sendable {
    func apply<Element: RealElement>(_ x: Element) -> Element
    /// Whether integers are taken as well, and the result is cut to their type.
    static var takesIntegers: Bool { get }
}

extension RealFunction {
    static var takesIntegers: Bool { false }

    /// The definition of the operator that applies the function to each element.
    static func elementwise(
        _ name: String,
        domain: OperatorDomain = .onnx,
        _ versions: Int...,
        prepare: @escaping @Sendable (NodeContext) throws(EngineError) -> Self
    ) -> OperatorDefinition {
        OperatorDefinition(name, domain: domain, since: versions, halves: .widened) {
            node throws(EngineError) in
            ElementwiseReal(function: try prepare(node))
        }
    }
}

/// Applies a real function to each element.
struct ElementwiseReal<Function: RealFunction>: Operator {
    let function: Function

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [.tensor(try call.map(input) { (x: Float) in function.apply(x) })]
        case .double: return [.tensor(try call.map(input) { (x: Double) in function.apply(x) })]
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
            guard Function.takesIntegers else { fallthrough }
            let result = try call.map(call.cast(input, to: .double)) { (x: Double) in function.apply(x) }
            return [.tensor(try call.cast(result, to: input.elementType))]
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }
}

/// A function of two numbers of one type, whichever it is.
protocol Arithmetic: Sendable {
    static func apply<Element: RealElement>(_ x: Element, _ y: Element) -> Element
    static func apply<Element: FixedWidthInteger>(_ x: Element, _ y: Element) -> Element
    /// The second number that leaves the first as it is, if there is one.
    static var neutral: Int? { get }
    /// Whether the order of the numbers does not matter.
    static var isCommutative: Bool { get }
    /// Whether a number and itself lead to it again.
    static var isIdempotent: Bool { get }
}

extension Arithmetic {
    static var neutral: Int? { nil }
    static var isCommutative: Bool { false }
    static var isIdempotent: Bool { false }

    static func binary(_ name: String, _ versions: Int...) -> OperatorDefinition {
        OperatorDefinition(name, since: versions, halves: .widened) { node throws(EngineError) in
            ElementwiseBinary<Self>(legacy: try LegacyBroadcast(node))
        }
    }

    static func variadic(_ name: String, _ versions: Int...) -> OperatorDefinition {
        OperatorDefinition(name, since: versions, halves: .widened) { _ throws(EngineError) in
            ElementwiseVariadic<Self>()
        }
    }

    /// The function applied to broadcast tensors of one type.
    static func compute(_ left: Tensor, _ right: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        guard left.elementType == right.elementType else {
            throw .elementTypes(left.elementType, right.elementType)
        }
        switch left.elementType {
        case .float: return try call.map(left, right) { (x: Float, y: Float) in apply(x, y) }
        case .double: return try call.map(left, right) { (x: Double, y: Double) in apply(x, y) }
        case .int8: return try call.map(left, right) { (x: Int8, y: Int8) in apply(x, y) }
        case .int16: return try call.map(left, right) { (x: Int16, y: Int16) in apply(x, y) }
        case .int32: return try call.map(left, right) { (x: Int32, y: Int32) in apply(x, y) }
        case .int64: return try call.map(left, right) { (x: Int64, y: Int64) in apply(x, y) }
        case .uint8: return try call.map(left, right) { (x: UInt8, y: UInt8) in apply(x, y) }
        case .uint16: return try call.map(left, right) { (x: UInt16, y: UInt16) in apply(x, y) }
        case .uint32: return try call.map(left, right) { (x: UInt32, y: UInt32) in apply(x, y) }
        case .uint64: return try call.map(left, right) { (x: UInt64, y: UInt64) in apply(x, y) }
        default: throw .elementType(left.elementType, expected: "a number type")
        }
    }
}

/// `broadcast` and `axis`, with which operators broadcast their second input before opset 7.
struct LegacyBroadcast: Sendable {
    private let axis: Int?

    init(_ node: NodeContext) throws(EngineError) {
        axis = node.version < 7 ? try node.int("axis") : nil
    }

    /// Whether the inputs broadcast as they do since opset 7.
    var isNone: Bool { axis == nil }

    /// What the inputs broadcast to, as far as it is known.
    func shape(_ inputs: InputFacts) -> [Dimension]? {
        guard let axis, let right = inputs.shape(1), !right.isEmpty else { return inputs.broadcastShape(0..<2) }
        guard let left = inputs.shape(), let start = normalizedAxis(axis, rank: left.count),
            left.count - start >= right.count
        else { return nil }
        let ones = [Dimension](repeating: .fixed(1), count: left.count - start - right.count)
        return left.broadcast(with: right + ones)
    }

    /// The second input, with ones behind its shape so that it lines up with the axis of the first.
    func aligned(_ right: Tensor, to left: Tensor) throws(EngineError) -> Tensor {
        guard let axis, right.shape.rank > 0 else { return right }
        let start = try checkedAxis(axis, rank: left.shape.rank)
        let ones = left.shape.rank - start - right.shape.rank
        guard ones >= 0 else {
            throw EngineError(.shape, "shape \(right.shape) does not fit \(left.shape) from axis \(axis)")
        }
        guard let shape = Shape(right.shape.dimensions + [Int](repeating: 1, count: ones)) else { return right }
        return try right.with(shape: shape)
    }
}

/// Applies an arithmetic function to two inputs with broadcasting.
struct ElementwiseBinary<Function: Arithmetic>: Operator {
    let legacy: LegacyBroadcast

    func infer(_ inputs: InputFacts) -> [Facts] {
        let shape = legacy.shape(inputs)
        let extents = legacy.isNone ? Function.extents(inputs, 0..<2) : nil
        return [Facts(type: .tensor(inputs.elementType(), shape: shape), extents: extents)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let left = try call.tensor(0)
        let right = try legacy.aligned(call.tensor(1), to: left)
        return [.tensor(try Function.compute(left, right, call))]
    }
}

/// Applies an arithmetic function to any number of inputs, from the left.
struct ElementwiseVariadic<Function: Arithmetic>: Operator {
    func infer(_ inputs: InputFacts) -> [Facts] {
        let extents = Function.extents(inputs, 0..<inputs.count)
        return [Facts(type: .tensor(inputs.elementType(), shape: inputs.broadcastShape()), extents: extents)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var result = try call.tensor(0)
        for input in try call.tensors().dropFirst() { result = try Function.compute(result, input, call) }
        return [.tensor(result)]
    }
}

extension EngineError {
    static func elementType(_ type: ElementType, expected: String) -> EngineError {
        EngineError(.elementType, "elements have type `\(type.name)`, expected \(expected)")
    }

    static func elementTypes(_ left: ElementType, _ right: ElementType) -> EngineError {
        EngineError(.elementType, "element types `\(left.name)` and `\(right.name)` differ")
    }

    static func attribute(_ name: String, _ value: some CustomStringConvertible, expected: String) -> EngineError {
        EngineError(.attribute, "attribute `\(name)` is \(value), expected \(expected)")
    }
}

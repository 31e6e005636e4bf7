import Diagnostics
import OnnxIR
import Tensors

/// One execution of an operator: its inputs, and the means to make outputs.
///
/// The inputs live until the operator returns, so that pointers into them stay good.
struct OperatorCall {
    let inputs: [Value?]
    let captures: [Value]
    /// How many outputs the node names, those not asked for included.
    let outputCount: Int
    let state: RunState

    func hasInput(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

    /// An input that must be there.
    func value(_ index: Int) throws(EngineError) -> Value {
        guard index < inputs.count, let value = inputs[index] else {
            throw EngineError(.input, "input \(index) is missing")
        }
        return value
    }

    /// An input that must be there and be a tensor.
    func tensor(_ index: Int) throws(EngineError) -> Tensor {
        guard case .tensor(let tensor) = try value(index) else {
            throw EngineError(.elementType, "input \(index) is not a tensor")
        }
        return tensor
    }

    /// An input that may be left out; a tensor otherwise.
    func optionalTensor(_ index: Int) throws(EngineError) -> Tensor? {
        hasInput(index) ? try tensor(index) : nil
    }

    /// All inputs, as tensors.
    func tensors() throws(EngineError) -> [Tensor] {
        var tensors: [Tensor] = []
        for index in inputs.indices { tensors.append(try tensor(index)) }
        return tensors
    }

    /// The elements of an input that is a sequence, with their type.
    func sequence(_ index: Int) throws(EngineError) -> (values: [Value], type: ValueType) {
        guard case .sequence(let values, let type) = try value(index) else {
            throw EngineError(.elementType, "input \(index) is not a sequence")
        }
        return (values, type)
    }

    /// The elements of an integer input, such as axes or a shape; `nil` when it is left out.
    func integers(_ index: Int) throws(EngineError) -> [Int]? {
        try optionalTensor(index)?.integers("input \(index)")
    }

    /// A shape from computed dimensions.
    ///
    /// *Throws*: `shape` for a negative dimension, `limit` where the count overflows.
    func shape(_ dimensions: [Int]) throws(EngineError) -> Shape {
        if let negative = dimensions.first(where: { $0 < 0 }) {
            throw EngineError(.shape, "dimension \(negative) of the output is negative")
        }
        guard let shape = Shape(dimensions) else {
            throw EngineError(.limit, "the output has more elements than fit an `Int`")
        }
        try RunState.checkEmpty(shape)
        return shape
    }

    /// Refuses a tensor that would be too large, or too large to make with a list of offsets along each axis.
    ///
    /// *Throws*: `limit`.
    func checkTables(_ type: ElementType, _ shape: Shape) throws(EngineError) {
        try state.check(type, shape)
        try state.checkScratch(shape.dimensions.reduce(0, +), of: MemoryLayout<Int>.stride)
    }

    /// A tensor whose elements `fill` writes, each of them unless `zeroed`.
    ///
    /// *Throws*: `limit`, `memory`.
    @inline(__always)
    func tensor<Element: TensorElement>(
        of type: Element.Type,
        _ shape: Shape,
        zeroed: Bool = false,
        _ fill: (UnsafeMutablePointer<Element>) -> Void
    ) throws(EngineError) -> Tensor {
        try state.check(Element.elementType, shape)
        return try Tensor.filled(of: type, shape: shape, zeroed: zeroed, fill)
    }

    /// Runs a graph of the node's attributes.
    func run(_ subgraph: Subgraph, _ inputs: [Value]) throws(EngineError) -> [Value] {
        guard inputs.count == subgraph.inputCount else {
            throw EngineError(
                .graph,
                "the body has \(subgraph.inputCount) inputs, expected \(inputs.count)"
            )
        }
        return try subgraph.plan.run(inputs + subgraph.captureIndices.map { captures[$0] }, state)
    }
}

extension Operator {
    /// The first output for other inputs than those of a call, for operators that are made of others.
    func result(of inputs: [Tensor?], _ call: OperatorCall) throws(EngineError) -> Tensor {
        let inner = OperatorCall(
            inputs: inputs.map { $0.map { .tensor($0) } },
            captures: [],
            outputCount: 1,
            state: call.state
        )
        guard case .tensor(let tensor)? = try run(inner).first else {
            throw EngineError(.elementType, "the result is not a tensor")
        }
        return tensor
    }
}

package import OnnxIR
package import Tensors

/// The body of a loop under construction: what its nodes read of the turn before.
package struct LoopBody: Sendable {
    /// The number of the turn, from 0: int64, without axes.
    package let turn: String
    /// The values that each turn takes from the one before.
    package let state: [String]

    fileprivate let stateTypes: [ValueType]
    fileprivate let condition: String
}

extension GraphBuilder {
    /// Begins a loop: nodes that are added from now on are its body, until `endLoop`.
    package mutating func beginLoop(_ stateTypes: [ValueType]) -> LoopBody {
        let body = LoopBody(
            turn: fresh("turn"),
            state: stateTypes.map { _ in fresh("state") },
            stateTypes: stateTypes,
            condition: fresh("condition")
        )
        pushGraph()
        return body
    }

    /// Ends a loop, and gives its state after the last turn.
    ///
    /// *Parameter* start: the state before the first turn.
    /// *Parameter* limit: the most turns, int64 without axes; `nil` for no limit.
    /// *Parameter* state: what the nodes of the body make of the state.
    /// *Parameter* goesOn: whether there is another turn, a boolean without axes.
    package mutating func endLoop(
        _ body: LoopBody,
        start: [String],
        limit: String?,
        state: [String],
        goesOn: String
    ) throws(TensorError) -> [String] {
        let results = ([goesOn] + state).map { node("Identity", [$0]) }
        let condition = ValueType.tensor(.bool, [])
        let inputs =
            [(body.turn, .tensor(.int64, [])), (body.condition, condition)] + zip(body.state, body.stateTypes)
        let inner = popGraph(
            "body",
            inputs: inputs.map { ValueInfo(name: $0, type: $1) },
            outputs: zip(results, [condition] + body.stateTypes).map { ValueInfo(name: $0, type: $1) }
        )
        // SPEC: Loop: without a first condition, those of the body count for nothing.
        let yes = constant(try Tensor([true], shape: .scalar), name: "yes")
        let body = Attribute("body", .graph(inner))
        return node("Loop", [limit ?? "", yes] + start, [body], outputCount: state.count)
    }
}

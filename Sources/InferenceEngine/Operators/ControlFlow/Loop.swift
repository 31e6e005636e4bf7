import Diagnostics
import OnnxIR
import Tensors

/// A graph run again and again: so many trips, or as long as a condition holds, with values carried along.
struct Loop: Operator {
    let body: Subgraph

    static let definition = OperatorDefinition("Loop", since: 1, 11, 13, 16, 19, 21, 23, 24, 25) {
        node throws(EngineError) in
        Loop(body: try node.subgraph("body"))
    }

    var isDeterministic: Bool { body.isDeterministic }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let (states, outputs) = inferCarried(inputs) else { return [] }
        return states + outputs.map { .tensor($0.elementType, $0.shape.map { [.unknown] + $0 }) }
    }

    func bodies(_ inputs: InputFacts) -> [OperatorBody] {
        guard let (states, _) = inferCarried(inputs) else { return [] }
        return [OperatorBody(attribute: "body", graph: body, inputs: Self.feeds(states))]
    }

    private func inferCarried(_ inputs: InputFacts) -> (states: [Facts], others: [Facts])? {
        let carriedCount = inputs.count - 2
        guard carriedCount >= 0, body.inputCount == inputs.count, body.outputCount > carriedCount else { return nil }
        return body.inferCarried(
            (0..<carriedCount).map { Facts(type: inputs[$0 + 2].type) },
            feeds: Self.feeds,
            results: { Array($0.dropFirst()) },
            captures: inputs.captures
        )
    }

    /// The trip's number, the condition, and what is carried.
    private static func feeds(_ carried: [Facts]) -> [Facts] { [.tensor(.int64, []), .tensor(.bool, [])] + carried }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let carriedCount = body.inputCount - 2
        guard carriedCount >= 0, call.inputs.count == carriedCount + 2, body.outputCount > carriedCount else {
            throw EngineError(
                .graph,
                "the body has \(body.inputCount) inputs and \(body.outputCount) outputs for \(call.inputs.count) inputs"
            )
        }
        let limit = try call.integers(0)?.first
        var goesOn = try call.optionalTensor(1).map { value throws(EngineError) in try Self.truth(value) } ?? true
        var carried: [Value] = []
        for index in 0..<carriedCount { carried.append(try call.value(index + 2)) }
        var scanned = [[Tensor]](repeating: [], count: body.outputCount - 1 - carriedCount)
        defer { for tensor in scanned.joined() { call.state.release(.tensor(tensor)) } }
        var trip = 0
        while goesOn, limit.map({ trip < $0 }) ?? true {
            try call.state.countTrip()
            let number = Value.tensor(try .of([Int64(trip)], .scalar))
            let condition = Value.tensor(try .of([goesOn], .scalar))
            let outputs = try call.run(body, [number, condition] + carried)
            guard case .tensor(let next) = outputs[0] else {
                throw EngineError(.elementType, "the body's condition is no tensor")
            }
            goesOn = try Self.truth(next)
            carried = Array(outputs[1..<(1 + carriedCount)])
            for index in scanned.indices {
                guard case .tensor(let tensor) = outputs[1 + carriedCount + index] else {
                    throw EngineError(.elementType, "a scanned output of the body is no tensor")
                }
                try call.state.hold(.tensor(tensor))
                scanned[index].append(tensor)
            }
            trip += 1
        }
        var results = carried
        let facts = trip == 0 ? factsWithoutTrip(call, carriedCount) : body.outputFacts
        for (index, tensors) in scanned.enumerated() {
            results.append(.tensor(try call.stacked(tensors, axis: 0, facts[1 + carriedCount + index])))
        }
        return results
    }

    /// What the body would make, when it is not run once.
    private func factsWithoutTrip(_ call: OperatorCall, _ carriedCount: Int) -> [Facts] {
        let carried = call.inputs[2...].map { Facts(type: $0?.type) }
        return body.infer(Self.feeds(carried), captures: CapturedFacts(call.captures.map { Facts(type: $0.type) }))
    }

    private static func truth(_ tensor: Tensor) throws(EngineError) -> Bool {
        guard tensor.shape.elementCount == 1 else {
            throw EngineError(.shape, "the condition has shape \(tensor.shape), expected a scalar")
        }
        return try tensor.pointer(Bool.self)[0]
    }
}

extension OperatorCall {
    /// Tensors of one shape as slices of a new axis; without any, what the facts say of one decides the shape.
    func stacked(_ tensors: [Tensor], axis: Int, _ facts: Facts) throws(EngineError) -> Tensor {
        guard let first = tensors.first else {
            let inner = facts.shape?.map { $0.extent ?? 0 } ?? []
            let shape = try shape([0] + inner)
            if facts.elementType == .string { return try .of(strings: [], shape) }
            return try Tensor.ofBytes(elementType: facts.elementType ?? .float, shape: shape) { _ in }
        }
        let axis = try checkedAxis(axis, rank: first.shape.rank + 1)
        var slices: [Tensor] = []
        for tensor in tensors {
            var dimensions = tensor.shape.dimensions
            guard dimensions.count == first.shape.rank else {
                throw EngineError(
                    .shape,
                    "the slices have shapes \(first.shape) and \(tensor.shape), expected one shape"
                )
            }
            dimensions.insert(1, at: axis)
            slices.append(try tensor.with(shape: shape(dimensions)))
        }
        return try concatenated(slices, axis: axis)
    }
}

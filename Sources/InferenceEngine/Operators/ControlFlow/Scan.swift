import Diagnostics
import OnnxIR
import Tensors

/// A graph run over the slices of its inputs, with states carried along.
struct Scan: Operator {
    let body: Subgraph
    let scannedCount: Int
    let inputAxes: [Int]
    let inputDirections: [Int]
    let outputAxes: [Int]
    let outputDirections: [Int]
    /// Before opset 9 all tensors had a batch axis, and the first input their lengths.
    let hasBatch: Bool

    static let definition = OperatorDefinition("Scan", since: 8, 9, 11, 16, 19, 21, 23, 24, 25) {
        node throws(EngineError) in
        let hasBatch = node.version < 9
        let count = try node.required("num_scan_inputs", node.int("num_scan_inputs"))
        guard count > 0 else { throw .attribute("num_scan_inputs", count, expected: "1 or more") }
        return Scan(
            body: try node.subgraph("body"),
            scannedCount: count,
            inputAxes: try node.ints("scan_input_axes") ?? [],
            inputDirections: try node.ints(hasBatch ? "directions" : "scan_input_directions") ?? [],
            outputAxes: try node.ints("scan_output_axes") ?? [],
            outputDirections: try node.ints("scan_output_directions") ?? [],
            hasBatch: hasBatch
        )
    }

    var isDeterministic: Bool { body.isDeterministic }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let known = known(of: inputs) else { return [] }
        let (states, outputs) = inferCarried(known, inputs)
        let collected = outputs.enumerated().map { index, facts in
            guard var shape = facts.shape,
                let axis = normalizedAxis(index < outputAxes.count ? outputAxes[index] : 0, rank: shape.count + 1)
            else { return Facts.tensor(facts.elementType) }
            shape.insert(known.length, at: axis)
            return .tensor(facts.elementType, shape)
        }
        guard hasBatch else { return states + collected }
        let batch = (1..<inputs.count).lazy.compactMap { inputs.shape($0)?.first }.first ?? .unknown
        return (states + collected).map { .tensor($0.elementType, $0.shape.map { [batch] + $0 }) }
    }

    func bodies(_ inputs: InputFacts) -> [OperatorBody] {
        guard let known = known(of: inputs) else { return [] }
        let states = inferCarried(known, inputs).states
        return [OperatorBody(attribute: "body", graph: body, inputs: states + known.slices)]
    }

    /// What is known of the states at first, of the slices, and how many slices there are.
    private struct Known {
        var states: [Facts]
        var slices: [Facts] = []
        var length = Dimension.unknown
    }

    private func known(of inputs: InputFacts) -> Known? {
        let operands = ((hasBatch ? 1 : 0)..<max(1, inputs.count)).map { index in
            let shape = inputs.shape(index)
            return Facts.tensor(inputs.elementType(index), hasBatch ? shape.map { Array($0.dropFirst()) } : shape)
        }
        let stateCount = operands.count - scannedCount
        guard stateCount >= 0, body.inputCount == operands.count, body.outputCount >= stateCount else { return nil }
        var known = Known(states: Array(operands[..<stateCount]))
        for (index, facts) in operands[stateCount...].enumerated() {
            guard var shape = facts.shape,
                let axis = normalizedAxis(index < inputAxes.count ? inputAxes[index] : 0, rank: shape.count)
            else {
                known.slices.append(.tensor(facts.elementType))
                continue
            }
            let extent = shape.remove(at: axis)
            if known.length == .unknown || extent.extent != nil { known.length = extent }
            known.slices.append(.tensor(facts.elementType, shape))
        }
        return known
    }

    private func inferCarried(_ known: Known, _ inputs: InputFacts) -> (states: [Facts], others: [Facts]) {
        body.inferCarried(
            known.states,
            feeds: { $0 + known.slices },
            results: { $0 },
            captures: inputs.captures
        )
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        guard hasBatch else {
            var inputs: [Tensor] = []
            for index in call.inputs.indices { inputs.append(try call.tensor(index)) }
            return try scan(inputs, call).map { .tensor($0) }
        }
        let lengths = try call.integers(0)
        let inputs = try call.inputs.indices.dropFirst().map { index throws(EngineError) in try call.tensor(index) }
        let batch = inputs.first?.shape.dimensions.first ?? 0
        for input in inputs where input.shape.dimensions.first != batch {
            throw EngineError(.shape, "an input has shape \(input.shape), expected \(batch) samples as the first")
        }
        guard lengths == nil || lengths?.count == batch else {
            throw EngineError(.shape, "there are \(lengths?.count ?? 0) sequence lengths, expected \(batch)")
        }
        var results: [[Tensor]] = []
        for sample in 0..<batch {
            var slices: [Tensor] = []
            for input in inputs { slices.append(try call.slice(input, at: sample, axis: 0)) }
            results.append(try scan(slices, call, steps: lengths?[sample]))
        }
        return try (0..<body.outputCount).map { index throws(EngineError) in
            .tensor(try call.stacked(results.map { $0[index] }, axis: 0, body.outputFacts[index]))
        }
    }

    /// Runs the body over the slices, over the first `steps` of them where that is given; what is collected from the
    /// others is zero.
    private func scan(
        _ inputs: [Tensor],
        _ call: OperatorCall,
        steps: Int? = nil
    ) throws(EngineError) -> [Tensor] {
        let stateCount = inputs.count - scannedCount
        guard stateCount >= 0, body.inputCount == inputs.count, body.outputCount >= stateCount else {
            throw EngineError(
                .graph,
                "the body has \(body.inputCount) inputs and \(body.outputCount) outputs for \(inputs.count) inputs"
            )
        }
        var states = Array(inputs[..<stateCount])
        let scanned = Array(inputs[stateCount...])
        var axes: [Int] = []
        for (index, input) in scanned.enumerated() {
            axes.append(try checkedAxis(index < inputAxes.count ? inputAxes[index] : 0, rank: input.shape.rank))
        }
        let length = scanned[0].shape[axes[0]]
        for (input, axis) in zip(scanned, axes) where input.shape[axis] != length {
            throw EngineError(
                .shape,
                "the scanned axes have lengths \(length) and \(input.shape[axis]), expected one length"
            )
        }
        guard steps == nil || 1...max(1, length) ~= steps ?? 0 else {
            throw EngineError(.value, "a sequence length is \(steps ?? 0), expected 1 to \(length)")
        }
        var collected = [[Tensor]](repeating: [], count: body.outputCount - stateCount)
        defer { for tensor in collected.joined() { call.state.release(.tensor(tensor)) } }
        for step in 0..<min(length, steps ?? length) {
            try call.state.countTrip()
            var feeds = states.map { Value.tensor($0) }
            for (index, input) in scanned.enumerated() {
                let isReverse = index < inputDirections.count && inputDirections[index] == 1
                let place = isReverse ? (steps ?? length) - 1 - step : step
                feeds.append(.tensor(try call.slice(input, at: place, axis: axes[index])))
            }
            for (index, value) in try call.run(body, feeds).enumerated() {
                guard case .tensor(let tensor) = value else {
                    throw EngineError(.elementType, "an output of the body is no tensor")
                }
                if index < stateCount {
                    states[index] = tensor
                } else {
                    try call.state.hold(value)
                    collected[index - stateCount].append(tensor)
                }
            }
        }
        var results = states
        for index in collected.indices {
            guard let steps, let first = collected[index].first else { continue }
            let blank = try call.moved(first, to: first.shape, zeroed: true, BlockGather(offsets: [], length: 0))
            for _ in steps..<length {
                try call.state.hold(.tensor(blank))
                collected[index].append(blank)
            }
        }
        let facts = length == 0 ? factsWithoutStep(states, scanned, axes, call) : body.outputFacts
        for (index, tensors) in collected.enumerated() {
            let isReverse = index < outputDirections.count && outputDirections[index] == 1
            let ordered = isReverse ? tensors.reversed() : tensors
            let axis = index < outputAxes.count ? outputAxes[index] : 0
            results.append(try call.stacked(ordered, axis: axis, facts[stateCount + index]))
        }
        return results
    }

    /// What the body would make, when it is not run once.
    private func factsWithoutStep(
        _ states: [Tensor],
        _ scanned: [Tensor],
        _ axes: [Int],
        _ call: OperatorCall
    ) -> [Facts] {
        let slices = zip(scanned, axes).map { input, axis in
            var dimensions = input.shape.dimensions
            dimensions.remove(at: axis)
            return Facts.tensor(input.elementType, dimensions.map { .fixed($0) })
        }
        return body.infer(
            states.map { Facts(type: Value.tensor($0).type) } + slices,
            captures: CapturedFacts(call.captures.map { Facts(type: $0.type) })
        )
    }
}

extension OperatorCall {
    /// One slice along an axis, without that axis.
    func slice(_ input: Tensor, at index: Int, axis: Int) throws(EngineError) -> Tensor {
        var dimensions = input.shape.dimensions
        dimensions.remove(at: axis)
        return try part(input, index..<(index + 1), axis: axis).with(shape: shape(dimensions))
    }
}

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

    func infer(_ inputs: InputFacts) -> [Facts] { body.outputFacts.map { .tensor($0.elementType) } }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        guard hasBatch else {
            var inputs: [Tensor] = []
            for index in call.inputs.indices { inputs.append(try call.tensor(index)) }
            return try scan(inputs, call).map { .tensor($0) }
        }
        if call.hasInput(0) {
            throw EngineError(.unsupportedAttribute, "`sequence_lens` of opset 8 is not supported")
        }
        let inputs = try call.inputs.indices.dropFirst().map { index throws(EngineError) in try call.tensor(index) }
        let batch = inputs.first?.shape.dimensions.first ?? 0
        for input in inputs where input.shape.dimensions.first != batch {
            throw EngineError(.shape, "an input has shape \(input.shape), expected \(batch) samples as the first")
        }
        var results: [[Tensor]] = []
        for sample in 0..<batch {
            var slices: [Tensor] = []
            for input in inputs { slices.append(try call.slice(input, at: sample, axis: 0)) }
            results.append(try scan(slices, call))
        }
        return try (0..<body.outputCount).map { index throws(EngineError) in
            .tensor(try call.stacked(results.map { $0[index] }, axis: 0, body.outputFacts[index]))
        }
    }

    private func scan(_ inputs: [Tensor], _ call: OperatorCall) throws(EngineError) -> [Tensor] {
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
        var collected = [[Tensor]](repeating: [], count: body.outputCount - stateCount)
        defer { for tensor in collected.joined() { call.state.release(.tensor(tensor)) } }
        for step in 0..<length {
            try call.state.countTrip()
            var feeds = states.map { Value.tensor($0) }
            for (index, input) in scanned.enumerated() {
                let isReverse = index < inputDirections.count && inputDirections[index] == 1
                feeds.append(
                    .tensor(try call.slice(input, at: isReverse ? length - 1 - step : step, axis: axes[index]))
                )
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
        for (index, tensors) in collected.enumerated() {
            let isReverse = index < outputDirections.count && outputDirections[index] == 1
            let ordered = isReverse ? tensors.reversed() : tensors
            let axis = index < outputAxes.count ? outputAxes[index] : 0
            results.append(try call.stacked(ordered, axis: axis, body.outputFacts[stateCount + index]))
        }
        return results
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

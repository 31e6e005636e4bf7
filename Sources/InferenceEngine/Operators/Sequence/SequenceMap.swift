import Diagnostics
import OnnxIR
import Tensors

/// A graph run on each element of a sequence, with other inputs in step or the same each time.
struct SequenceMap: Operator {
    let body: Subgraph

    static let definition = OperatorDefinition("SequenceMap", since: 17) { node throws(EngineError) in
        SequenceMap(body: try node.subgraph("body"))
    }

    var isDeterministic: Bool { body.isDeterministic }

    func infer(_ inputs: InputFacts) -> [Facts] {
        body.infer(elements(inputs), captures: inputs.captures).map { Facts(type: .sequence($0.type?.withoutSymbols)) }
    }

    func bodies(_ inputs: InputFacts) -> [OperatorBody] {
        [OperatorBody(attribute: "body", graph: body, inputs: elements(inputs))]
    }

    private func elements(_ inputs: InputFacts) -> [Facts] {
        (0..<inputs.count).map { index in
            guard case .sequence(let element) = inputs[index].type else { return Facts(type: inputs[index].type) }
            return Facts(type: element?.withoutSymbols)
        }
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let count = try call.sequence(0).values.count
        var results = [[Value]](repeating: [], count: body.outputCount)
        for index in 0..<count {
            try call.state.countTrip()
            var feeds: [Value] = []
            for input in call.inputs.indices {
                guard case .sequence(let values, _) = try call.value(input) else {
                    feeds.append(try call.value(input))
                    continue
                }
                guard values.count == count else {
                    throw EngineError(
                        .shape,
                        "the sequences have \(count) and \(values.count) elements, expected as many"
                    )
                }
                feeds.append(values[index])
            }
            for (output, value) in try call.run(body, feeds).enumerated() { results[output].append(value) }
        }
        return zip(results, body.outputFacts).map { values, facts in
            let known = values.first?.tensor?.elementType ?? facts.elementType
            return .sequence(values, of: .tensor(known, shape: nil))
        }
    }
}

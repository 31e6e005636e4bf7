import Diagnostics
import OnnxIR

extension Plan {
    /// Runs the steps; the inputs are in the order of the graph's.
    func run(_ inputs: [Value], _ state: RunState) throws(EngineError) -> [Value] {
        var slots = [Value?](repeating: nil, count: slotCount)
        for (slot, value) in zip(self.inputs, inputs) {
            guard let slot else { continue }
            slots[slot] = value
            try state.hold(value)
        }
        var promises = promises.map { _ in Promises() }
        for (index, facts) in self.promises.enumerated() {
            for (value, facts) in zip(inputs, facts) { try promises[index].check(value, against: facts, "input") }
        }
        defer {
            for value in slots { value.map(state.release) }
        }
        for step in steps {
            try state.checkStopped()
            var stepInputs: [Value?] = []
            for operand in step.inputs { stepInputs.append(value(of: operand, in: slots)) }
            let captures = step.captures.compactMap { value(of: $0, in: slots) }
            let started = state.profile == nil ? 0 : RunProfile.now()
            let results = try step.node.run(inputs: stepInputs, captures: captures, state)
            if let profile = state.profile, !(step.node.operation is CompiledSegment) {
                profile.note(step.node.definition.name, step.node.place.description, since: started)
            }
            for (index, facts) in step.promises.enumerated() {
                try locating(step.node.place) { () throws(EngineError) in
                    for (output, value) in zip(facts, results) {
                        try promises[index].check(value, against: output, "output")
                    }
                }
            }
            for (index, slot) in step.outputs.enumerated() {
                guard let slot else { continue }
                try locating(step.node.place) { () throws(EngineError) in try state.hold(results[index]) }
                slots[slot] = results[index]
            }
            for slot in step.releases {
                slots[slot].map(state.release)
                slots[slot] = nil
            }
        }
        var results: [Value] = []
        for output in outputs {
            guard let value = value(of: output.operand, in: slots) else {
                throw EngineError(.graph, "output `\(output.name)` is made by no node")
            }
            results.append(value)
        }
        return results
    }

    private func value(of operand: Operand, in slots: [Value?]) -> Value? {
        switch operand {
        case .none: nil
        case .slot(let slot): slots[slot]
        case .constant(let index): constants[index]
        }
    }
}

extension LoadedNode {
    /// Runs the operator once; the result has a value for each output that the node names.
    func run(inputs: [Value?], captures: [Value], _ state: RunState) throws(EngineError) -> [Value] {
        if let segment = operation as? CompiledSegment {
            // Its kernels name the nodes that they come from.
            return try segment.run(
                OperatorCall(inputs: inputs, captures: captures, outputCount: outputs.count, state: state)
            )
        }
        return try locating(place) { () throws(EngineError) in
            var inputs = inputs
            let halves = definition.halves == .widened ? try Halves.widen(&inputs) : []
            if halves.contains(where: { $0 != nil }) { try typeVariables?.check(inputs, halves) }
            let call = OperatorCall(inputs: inputs, captures: captures, outputCount: outputs.count, state: state)
            var results = try operation.run(call)
            results = try Halves.narrow(results, halves, typeVariables)
            guard results.count >= outputs.count || outputs[results.count...].allSatisfy({ $0 == nil }) else {
                throw EngineError(
                    .graph,
                    "the node has \(outputs.count) outputs, expected at most \(results.count)"
                )
            }
            return results
        }
    }
}

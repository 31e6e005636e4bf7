import Tensors

extension Draft {
    /// Has what a concatenation joins written into its place in the result, where it is made in the segment and lies in
    /// no other result; what is left is copied.
    mutating func makePartsInPlace() {
        let handedOn = Set(outputs.map { root($0) })
        var kept: [Step] = []
        for var step in steps {
            guard var kernel = step.kernel as? BoxKernel, kernel.joinsWholeInputs, let result = step.outputs.first,
                case .computed = contents[result].origin, !handedOn.contains(result)
            else {
                kept.append(step)
                continue
            }
            kernel.boxes = kernel.boxes.filter { box in
                let part = unviewed(step.inputs[box.input])
                guard case .computed = contents[part].origin, part != result, !handedOn.contains(part),
                    contents[part].byteCount == contents[step.inputs[box.input]].byteCount
                else { return true }
                contents[part].origin = .part(of: result, byteOffset: box.toByteOffset)
                return false
            }
            guard !kernel.boxes.isEmpty else { continue }
            let inputs = step.inputs
            step.inputs = kernel.boxes.map { inputs[$0.input] }
            for index in kernel.boxes.indices { kernel.boxes[index].input = index }
            step.kernel = kernel
            kept.append(step)
        }
        steps = kept
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// A draft with every value in its place.
struct SegmentLayout {
    var steps: [CompiledSegment.Step] = []
    var operands: [CompiledSegment.Location] = []
    var inputs: [(type: ElementType, shape: Shape)] = []
    var outputs: [(type: ElementType, shape: Shape, place: Place)] = []
    var valueByteCount = 0
    var scratchByteCount = 0

    /// Places values by their lives: outputs where the caller wants them, all others in one arena.
    ///
    /// `nil` for a draft in which a value has no place.
    init?(_ draft: Draft) {
        let lives = Lives(draft)
        var locations = [CompiledSegment.Location?](repeating: nil, count: draft.contents.count)
        var tenants: [Arena.Tenant] = []
        var tenantIndices: [DraftValue: Int] = [:]
        var makers: [DraftValue: Place] = [:]
        for step in draft.steps { for output in step.outputs { makers[output] = step.place } }
        for (index, output) in draft.outputs.enumerated() {
            let content = draft.contents[output]
            guard let maker = makers[draft.root(output)] else { return nil }
            outputs.append((content.elementType, content.shape, maker))
            locations[draft.root(output)] = .output(index)
        }
        for (value, content) in draft.contents.enumerated() {
            switch content.origin {
            case .input(let number):
                while inputs.count <= number { inputs.append((content.elementType, content.shape)) }
                inputs[number] = (content.elementType, content.shape)
                locations[value] = .input(number)
            case .constant(let region): locations[value] = .constant(region)
            case .view, .part: break
            case .computed:
                guard locations[value] == nil, let life = lives[value] else { continue }
                if let host = lives.hosts[value], let tenant = tenantIndices[host] {
                    tenants[tenant].last = max(tenants[tenant].last, life.last)
                    tenantIndices[value] = tenant
                } else {
                    tenantIndices[value] = tenants.count
                    tenants.append(Arena.Tenant(byteCount: content.byteCount, first: life.first, last: life.last))
                }
            }
        }
        let arena = Arena(tenants)
        valueByteCount = arena.byteCount
        for (value, tenant) in tenantIndices { locations[value] = .arena(arena.offsets[tenant]) }
        for step in draft.steps {
            steps.append(
                CompiledSegment.Step(
                    place: step.place,
                    kernel: step.kernel,
                    firstOperand: operands.count,
                    inputCount: step.inputs.count,
                    byteCount: (step.inputs + step.outputs).reduce(0) { $0 + draft.contents[$1].byteCount }
                )
            )
            scratchByteCount = max(scratchByteCount, Arena.rounded(step.kernel.scratchByteCount))
            for value in step.inputs + step.outputs {
                let place = draft.place(of: value)
                switch locations[place.root] {
                case .arena(let offset): operands.append(.arena(offset + place.byteOffset))
                case let location? where place.byteOffset == 0: operands.append(location)
                default: return nil
                }
            }
        }
    }
}

/// From which step to which each value of a draft is needed, and which takes the place of which.
struct Lives {
    private var ranges: [DraftValue: (first: Int, last: Int)] = [:]
    /// For a value that is written over an input of its kernel, the first value of that place.
    private(set) var hosts: [DraftValue: DraftValue] = [:]

    subscript(value: DraftValue) -> (first: Int, last: Int)? { ranges[value] }

    init(_ draft: Draft) {
        let outputs = Set(draft.outputs.map { draft.root($0) })
        for (index, step) in draft.steps.enumerated() {
            for output in step.outputs {
                let root = draft.root(output)
                ranges[root] = (ranges[root]?.first ?? index, index)
            }
            for input in step.inputs { ranges[draft.root(input)]?.last = index }
        }
        for (index, step) in draft.steps.enumerated() {
            guard let result = step.outputs.first, !draft.isPart(result) else { continue }
            let output = draft.root(result)
            guard !outputs.contains(output) else { continue }
            for operand in step.kernel.replaceableInputs where operand < step.inputs.count {
                let input = draft.root(step.inputs[operand])
                guard case .computed = draft.contents[input].origin, !outputs.contains(input),
                    ranges[input]?.last == index,
                    draft.contents[input].byteCount == draft.contents[output].byteCount,
                    step.inputs.filter({ draft.root($0) == input }).count == 1
                else { continue }
                hosts[output] = hosts[input] ?? input
                break
            }
        }
    }
}

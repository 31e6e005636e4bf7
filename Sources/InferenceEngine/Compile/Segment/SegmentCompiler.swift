import Diagnostics
import OnnxIR
import Tensors

/// Puts segments of kernels in the place of nodes, for inputs of known shapes.
struct SegmentCompiler {
    let tables: KernelTables
    let precision: Precision
    let packed: PackedConstants
    let limits: InferenceLimits

    /// Replaces each run of nodes that kernels can do by one node.
    func compile(_ graph: inout LoadedGraph, _ facts: GraphFacts) {
        var nodes: [LoadedNode] = []
        var run: [LoadedNode] = []
        var draft = SegmentDraft(constants: graph.constants, packed: packed)
        let usesBehind = UseCounts(graph)
        func close() {
            defer {
                run = []
                draft = SegmentDraft(constants: graph.constants, packed: packed)
            }
            guard !run.isEmpty else { return }
            guard let node = segment(draft, run, usesBehind, facts) else { return nodes += run }
            nodes.append(node)
        }
        for node in graph.nodes {
            if lower(node, facts, into: &draft) {
                run.append(node)
            } else {
                close()
                nodes.append(node)
            }
        }
        close()
        graph.nodes = nodes
    }

    /// Adds the kernels of a node; where there are none, the draft may have got operands that nothing reads.
    private func lower(_ node: LoadedNode, _ facts: GraphFacts, into draft: inout SegmentDraft) -> Bool {
        guard node.captures.isEmpty else { return false }
        for output in node.outputs {
            guard let output else { continue }
            guard let shape = facts[output].fixedShape, let type = facts[output].elementType,
                let byteCount = type.byteCount(of: shape.elementCount), byteCount <= limits.tensorByteCount / 2
            else { return false }
        }
        let empty = SegmentDraft(constants: [:], packed: packed)
        var lowering = Lowering(node, facts: facts, tables: tables, precision: precision, segment: empty)
        // PERF: the draft has one owner at any time, so that it is never copied.
        swap(&lowering.segment, &draft)
        defer { swap(&lowering.segment, &draft) }
        return node.operation.lower(&lowering)
    }

    /// The node that runs a draft; `nil` when there is nothing for it to do.
    private func segment(
        _ segment: SegmentDraft,
        _ run: [LoadedNode],
        _ uses: UseCounts,
        _ facts: GraphFacts
    ) -> LoadedNode? {
        var segment = segment
        var outputs: [ValueID] = []
        let inner = UseCounts(run)
        for id in segment.results where uses[id] > inner[id] {
            guard let value = segment.plain(id, facts[id], run[0].place) else { return nil }
            segment.draft.outputs.append(segment.draft.ownPlace(for: value, run[0].place))
            outputs.append(id)
        }
        segment.draft.removeUnused()
        EpilogueFusion.apply(to: &segment.draft)
        segment.draft.removeUnused()
        EightBitFusion.apply(to: &segment.draft, tables: tables)
        segment.draft.removeUnused()
        segment.draft.makePartsInPlace()
        guard let layout = SegmentLayout(segment.draft) else { return nil }
        let compiled = CompiledSegment(layout, tables: tables)
        return LoadedNode(
            place: run[0].place,
            definition: Self.definition,
            operation: compiled,
            typeVariables: nil,
            inputs: segment.inputs,
            captures: [],
            outputs: outputs
        )
    }

    private static let definition = OperatorDefinition("Segment", since: 1) { _ throws(EngineError) in
        throw EngineError(.unsupportedOperator, "a segment is made by the engine alone")
    }
}

/// How often each value is read.
private struct UseCounts {
    private var counts: [ValueID: Int] = [:]

    init(_ nodes: [LoadedNode]) {
        for node in nodes { for value in node.uses { counts[value, default: 0] += 1 } }
    }

    init(_ graph: LoadedGraph) {
        self.init(graph.nodes)
        for output in graph.outputs { counts[output, default: 0] += 1 }
    }

    subscript(id: ValueID) -> Int { counts[id] ?? 0 }
}

extension Draft {
    /// A value with memory of its own that can be handed on: the value itself, or a copy of it.
    fileprivate mutating func ownPlace(for value: DraftValue, _ place: Place) -> DraftValue {
        let root = root(value)
        let isTaken = outputs.contains { self.root($0) == root }
        if case .computed = contents[root].origin, !isTaken { return value }
        let content = contents[value]
        let copy = newValue(.computed, content.elementType, content.shape)
        steps.append(
            Draft.Step(place: place, kernel: CopyKernel(byteCount: content.byteCount), inputs: [value], outputs: [copy])
        )
        return copy
    }

    /// Drops the kernels whose results nobody reads.
    fileprivate mutating func removeUnused() {
        var needed = Set(outputs.map { root($0) })
        var kept: [Step] = []
        for step in steps.reversed() where step.outputs.contains(where: { needed.contains(root($0)) }) {
            needed.formUnion(step.inputs.map { root($0) })
            kept.append(step)
        }
        steps = kept.reversed()
    }
}

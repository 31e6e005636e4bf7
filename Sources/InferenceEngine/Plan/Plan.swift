import Diagnostics
import OnnxIR

/// The steps of a graph in a flat list, each with the slots that it reads, writes and frees.
struct Plan: Sendable {
    /// Where a step finds a value.
    enum Operand: Sendable {
        case none
        case slot(Int)
        case constant(Int)
    }

    /// One node, with its values placed.
    struct Step: Sendable {
        let node: LoadedNode
        let inputs: [Operand]
        let captures: [Operand]
        /// A slot for each output; `nil` for one that nobody reads.
        let outputs: [Int?]
        /// Slots whose value is read for the last time here.
        let releases: [Int]
        /// What was inferred of the outputs, once or several times, where runs are to be held against it.
        let promises: [[Facts]]
    }

    let slotCount: Int
    /// The slot of each input of the graph; `nil` for one that nobody reads.
    let inputs: [Int?]
    let constants: [Value]
    let steps: [Step]
    let outputs: [(name: String, operand: Operand)]
    /// What was inferred of the inputs, as of the outputs of steps.
    let promises: [[Facts]]

    /// Bytes of the memory between the kernels of its segments.
    var arenaByteCount: Int {
        steps.reduce(0) { $0 + (($1.node.operation as? CompiledSegment)?.arenaByteCount ?? 0) }
    }

    /// Lays out a graph: the slot of a value is used again once its last reader has run.
    init(_ graph: LoadedGraph, promises: [GraphFacts] = []) {
        var layout = Layout(graph)
        inputs = graph.inputs.map { layout.place($0) }
        var steps: [Step] = []
        for (index, node) in graph.nodes.enumerated() {
            let inputs = node.inputs.map { layout.operand($0) }
            let captures = node.captures.map { layout.operand($0) }
            let outputs = node.outputs.map { $0.flatMap { layout.place($0) } }
            let releases = layout.release(after: index)
            steps.append(
                Step(
                    node: node,
                    inputs: inputs,
                    captures: captures,
                    outputs: outputs,
                    releases: releases,
                    promises: promises.map { facts in node.outputs.map { $0.map { facts[$0] } ?? .unknown } }
                )
            )
        }
        self.steps = steps
        self.promises = promises.map { facts in graph.inputs.map { facts[$0] } }
        outputs = graph.outputs.map { (graph.valueNames[$0], layout.operand($0)) }
        constants = layout.constants
        slotCount = layout.slotCount
    }

    private struct Layout {
        private(set) var slotCount = 0
        private(set) var constants: [Value] = []
        private let graph: LoadedGraph
        private var constantIndices: [ValueID: Int] = [:]
        private var slots: [ValueID: Int] = [:]
        private var free: [Int] = []
        private var lastUse: [ValueID: Int] = [:]
        private var dying: [Int: [ValueID]] = [:]

        init(_ graph: LoadedGraph) {
            self.graph = graph
            for (index, node) in graph.nodes.enumerated() {
                for value in node.uses { lastUse[value] = index }
            }
            for output in graph.outputs { lastUse[output] = .max }
            for (value, index) in lastUse { dying[index, default: []].append(value) }
        }

        /// A slot for a value that comes to life; `nil` when nobody reads it or it is a constant.
        mutating func place(_ value: ValueID) -> Int? {
            guard lastUse[value] != nil, graph.constants[value] == nil else { return nil }
            let slot = free.popLast() ?? slotCount
            slotCount = max(slotCount, slot + 1)
            slots[value] = slot
            return slot
        }

        mutating func operand(_ value: ValueID?) -> Operand {
            guard let value else { return .none }
            if let slot = slots[value] { return .slot(slot) }
            if let index = constantIndices[value] { return .constant(index) }
            guard let constant = graph.constants[value] else { return .none }
            constants.append(constant)
            constantIndices[value] = constants.count - 1
            return .constant(constants.count - 1)
        }

        mutating func release(after index: Int) -> [Int] {
            let released = (dying[index] ?? []).compactMap { slots.removeValue(forKey: $0) }.sorted()
            free += released
            return released
        }
    }
}

import Diagnostics
import OnnxIR

/// The number of a value within its graph.
typealias ValueID = Int

/// A node that is ready to run: attributes read, values numbered.
struct LoadedNode: Sendable {
    let place: Place
    let definition: OperatorDefinition
    let operation: any Operator
    /// Which inputs and outputs have one type, for an operator that is given `float` in the place of halves.
    let typeVariables: TypeVariables?
    /// `nil` where an optional input is not given.
    var inputs: [ValueID?]
    /// Values of this graph that the node's subgraphs use.
    var captures: [ValueID]
    /// `nil` where an optional output is not asked for.
    var outputs: [ValueID?]
    /// The attributes as the file gives them, with what a function's caller gives in the place of references.
    var attributes: [String: AttributeValue] = [:]
    /// The version of the operator that rules: one of its definition's versions.
    var version = 1

    /// An input; `nil` where it is not given.
    func input(_ index: Int) -> ValueID? { index < inputs.count ? inputs[index] : nil }

    /// Everything that the node reads.
    var uses: [ValueID] { inputs.compactMap { $0 } + captures }
}

/// A graph of prepared nodes in an order in which they can run.
struct LoadedGraph: Sendable {
    /// The name of each value as the file gives it; for messages.
    var valueNames: [String] = []
    /// What the file declares of a value.
    var declaredTypes: [ValueID: ValueType] = [:]
    var inputs: [ValueID] = []
    var outputs: [ValueID] = []
    /// Values that are known without running anything: initializers, `Constant` nodes and what passes fold.
    var constants: [ValueID: Value] = [:]
    var nodes: [LoadedNode] = []

    mutating func newValue(_ name: String) -> ValueID {
        valueNames.append(name)
        return valueNames.count - 1
    }
}

import OnnxIR
import Tensors

/// A node's operator with its attributes read: what it says of its outputs, and how it computes them.
protocol Operator: Sendable {
    /// What is known of the outputs before they are computed; an unknown type or extent is always right.
    func infer(_ inputs: InputFacts) -> [Facts]

    /// The outputs, in the operator's order; optional ones at the end may be left out when nobody asks for them.
    func run(_ call: OperatorCall) throws(EngineError) -> [Value]

    /// Whether the same inputs give the same outputs each time.
    var isDeterministic: Bool { get }

    /// The graphs among the attributes, with what is known of the inputs that the operator feeds them.
    func bodies(_ inputs: InputFacts) -> [OperatorBody]

    /// Adds the kernels for one node of concrete shapes; `false` when there are none for it, and nothing was added.
    ///
    /// PERF: a requirement, because a cast to a protocol takes 0.1 ms for each type that was not asked about before.
    func lower(_ node: inout Lowering) -> Bool

    /// Nodes of the standard's operators that compute the same as one of ONNX Runtime's, which stands for several;
    /// `nil` when not enough is known of the operands, or there are none.
    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]?
}

extension Operator {
    var isDeterministic: Bool { true }

    func bodies(_ inputs: InputFacts) -> [OperatorBody] { [] }

    func lower(_ node: inout Lowering) -> Bool { false }

    func spelled(_ node: FusedNode, in graph: inout LoadedGraph) -> [FusedNode.Part]? { nil }
}

/// A graph that an operator runs: the name of its attribute, and what is known of the inputs it is fed.
struct OperatorBody {
    let attribute: String
    let graph: Subgraph
    let inputs: [Facts]
}

/// What an operator does with `float16` and `bfloat16`.
enum HalfTreatment: Sendable {
    /// It handles them as any other type.
    case own
    /// It is given `float` in their place, and its `float` outputs are rounded to the type of the first such input.
    case widened
}

/// An entry of a list of operators: which operator it is, since when, and how a node of it is prepared.
struct OperatorDefinition: Sendable {
    let domain: OperatorDomain
    let name: String
    /// The versions of the operator set that changed it and that are handled, ascending.
    let versions: [Int]
    let halves: HalfTreatment
    let prepare: @Sendable (NodeContext) throws(EngineError) -> any Operator

    init(
        _ name: String,
        domain: OperatorDomain = .onnx,
        since versions: [Int],
        halves: HalfTreatment = .own,
        prepare: @escaping @Sendable (NodeContext) throws(EngineError) -> any Operator
    ) {
        self.domain = domain
        self.name = name
        self.versions = versions
        self.halves = halves
        self.prepare = prepare
    }

    init(
        _ name: String,
        domain: OperatorDomain = .onnx,
        since versions: Int...,
        halves: HalfTreatment = .own,
        prepare: @escaping @Sendable (NodeContext) throws(EngineError) -> any Operator
    ) {
        self.init(
            name,
            domain: domain,
            since: versions,
            halves: halves,
            prepare: prepare
        )
    }

    /// The version that rules at an operator set's version.
    func version(at opset: Int?) -> Int {
        guard let opset else { return versions.last ?? 1 }
        return versions.last { $0 <= opset } ?? versions.first ?? 1
    }
}

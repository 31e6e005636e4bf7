import Diagnostics
import OnnxIR

/// A graph that is being loaded, with the values it takes from the graphs around it.
final class GraphFrame {
    var graph = LoadedGraph()
    /// Values of the enclosing frame, with their numbers here, in order of first use.
    var captures: [(outer: ValueID, inner: ValueID)] = []
}

/// The names that nodes can use at one place: those of a graph or of a function's body.
final class GraphScope {
    let frame: GraphFrame
    /// The scope around a subgraph; a function's body sees no name from outside.
    let parent: GraphScope?
    let opsets: [OperatorDomain: Int]
    /// What the function's caller gives for its attributes.
    let attributes: [String: AttributeValue]
    /// How many subgraphs and functions lie around this scope.
    let depth: Int
    /// A name without a value is an optional input that the function's caller left out.
    private var values: [String: ValueID?] = [:]

    init(
        frame: GraphFrame,
        parent: GraphScope?,
        opsets: [OperatorDomain: Int],
        attributes: [String: AttributeValue] = [:],
        depth: Int
    ) {
        self.frame = frame
        self.parent = parent
        self.opsets = opsets
        self.attributes = attributes
        self.depth = depth
    }

    func define(_ name: String, as value: ValueID?) throws(EngineError) {
        guard values.updateValue(value, forKey: name) == nil else {
            throw EngineError(.graph, "value `\(name)` is made twice")
        }
    }

    /// The value behind a name; the outer `nil` where there is none, the inner where it was left out.
    func resolve(_ name: String) -> ValueID?? {
        if let found = values[name] { return found }
        guard let parent, let found = parent.resolve(name) else { return nil }
        guard let outer = found, parent.frame !== frame else { return found }
        if let known = frame.captures.first(where: { $0.outer == outer }) { return known.inner }
        let inner = frame.graph.newValue(name)
        frame.graph.declaredTypes[inner] = parent.frame.graph.declaredTypes[outer]
        if let constant = parent.frame.graph.constants[outer], !parent.frame.graph.inputs.contains(outer) {
            frame.graph.constants[inner] = constant
            values[name] = .some(inner)
        } else {
            frame.captures.append((outer, inner))
        }
        return inner
    }
}

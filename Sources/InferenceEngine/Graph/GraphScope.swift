import Diagnostics
import OnnxIR

/// A graph that is being loaded, with the values it takes from the graphs around it.
final class GraphFrame {
    var graph = LoadedGraph()
    /// The names of values that the graph gives itself, and those that function calls in it are given.
    private var valueNames: Set<String> = []
    private var prefixes: Set<String> = []
    /// How many calls of each label there were.
    private var callCounts: [String: Int] = [:]
    /// Values of the enclosing frame, with their numbers here, in order of first use.
    private(set) var captures: [(outer: ValueID, inner: ValueID)] = []
    private var innerByOuter: [ValueID: ValueID] = [:]

    /// The number here of a value of the enclosing frame that has been captured already.
    func captured(_ outer: ValueID) -> ValueID? { innerByOuter[outer] }

    func capture(_ outer: ValueID, as inner: ValueID) {
        captures.append((outer, inner))
        innerByOuter[outer] = inner
    }

    /// Keeps names from being given to values of function calls.
    func reserve(_ names: some Sequence<String>) { valueNames.formUnion(names) }

    /// What stands before the names of a call's values, so that none is a name of the graph or of another call.
    func prefix(ofCall label: String, values: [String]) -> String {
        while true {
            let number = callCounts[label, default: 0] + 1
            callCounts[label] = number
            let prefix = number == 1 ? "\(label)/" : "\(label)_\(number)/"
            let names = values.map { prefix + $0 }
            guard !prefixes.contains(prefix), !names.contains(where: valueNames.contains) else { continue }
            prefixes.insert(prefix)
            reserve(names)
            return prefix
        }
    }
}

/// The names that nodes can use at one place: those of a graph or of a function's body.
final class GraphScope {
    let frame: GraphFrame
    /// The scope around a subgraph; a function's body sees no name from outside.
    let parent: GraphScope?
    let opsets: [OperatorDomain: Int]
    /// What the function's caller gives for its attributes; `nil` outside of functions.
    let attributes: [String: AttributeValue]?
    /// What stands before the names of the function's values and nodes in those of the graph that calls it.
    let prefix: String
    /// How many subgraphs and functions lie around this scope.
    let depth: Int
    /// A name without a value is an optional input that the function's caller left out.
    ///
    /// Keyed by bytes: to Swift, names that differ only in Unicode's normal form are equal, and to ONNX they are not.
    private var values: [[UInt8]: ValueID?] = [:]

    init(
        frame: GraphFrame,
        parent: GraphScope?,
        opsets: [OperatorDomain: Int],
        attributes: [String: AttributeValue]? = nil,
        prefix: String = "",
        depth: Int
    ) {
        self.frame = frame
        self.parent = parent
        self.opsets = opsets
        self.attributes = attributes
        self.prefix = prefix
        self.depth = depth
    }

    func define(_ name: String, as value: ValueID?) throws(EngineError) {
        guard values.updateValue(value, forKey: Array(name.utf8)) == nil else {
            throw EngineError(.graph, "value `\(name)` is made twice")
        }
    }

    /// The value behind a name; the outer `nil` where there is none, the inner where it was left out.
    func resolve(_ name: String) -> ValueID?? {
        if let found = values[Array(name.utf8)] { return found }
        guard let parent, let found = parent.resolve(name) else { return nil }
        guard let outer = found, parent.frame !== frame else { return found }
        if let known = frame.captured(outer) { return known }
        let inner = frame.graph.newValue(name)
        frame.graph.declaredTypes[inner] = parent.frame.graph.declaredTypes[outer]
        if let constant = parent.frame.graph.constants[outer], !parent.frame.graph.inputs.contains(outer) {
            frame.graph.constants[inner] = constant
            values[Array(name.utf8)] = .some(inner)
        } else {
            frame.capture(outer, as: inner)
        }
        return inner
    }
}

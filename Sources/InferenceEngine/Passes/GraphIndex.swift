import OnnxIR
import Tensors

/// A graph with what makes each of its values, who reads them, and what is known of them.
struct GraphIndex {
    let graph: LoadedGraph
    let facts: GraphFacts
    private var makers: [Int?]
    private var readers: [[Int]]
    /// Stands among the readers of a value for an output of the graph.
    private static let output = -1

    init(_ graph: LoadedGraph, _ facts: GraphFacts) {
        self.graph = graph
        self.facts = facts
        makers = [Int?](repeating: nil, count: graph.valueNames.count)
        readers = [[Int]](repeating: [], count: graph.valueNames.count)
        for (position, node) in graph.nodes.enumerated() {
            for case let value? in node.outputs { makers[value] = position }
            for value in node.uses where readers[value].last != position { readers[value].append(position) }
        }
        for value in graph.outputs { readers[value].append(Self.output) }
    }

    /// The place of the node that makes a value; `nil` for inputs and constants.
    func maker(of value: ValueID) -> Int? { makers[value] }

    /// Whether one node reads the value, be it more than once, and it is no output of the graph.
    func hasOneReader(_ value: ValueID) -> Bool { readers[value].count == 1 && readers[value] != [Self.output] }

    /// Whether nothing but these nodes reads the value.
    func isRead(_ value: ValueID, onlyBy nodes: Set<Int>) -> Bool { readers[value].allSatisfy(nodes.contains) }

    /// The tensor that a value is known to be.
    func constant(_ value: ValueID?) -> Tensor? { value.flatMap { graph.constants[$0]?.tensor } }

    /// The number that a constant is, where the operator with another value has the shape of the other.
    func scalar(_ value: ValueID?, beside other: ValueID?) -> Double? {
        guard let tensor = constant(value), let other, let number = tensor.number else { return nil }
        guard tensor.shape.rank > 0 else { return number }
        guard let rank = facts[other].shape?.count, tensor.shape.rank <= rank else { return nil }
        return number
    }
}

extension Tensor {
    /// The only element of a tensor of numbers.
    var number: Double? {
        guard shape.elementCount == 1 else { return nil }
        switch elementType {
        case .float: return (try? array(of: Float.self))?.first.map { Double($0) }
        case .double: return (try? array(of: Double.self))?.first
        case .int32, .int64: return (try? integers(""))?.first.map { Double($0) }
        default: return nil
        }
    }
}

extension Double {
    /// Whether the number is another one as a model may spell it, with five digits at least.
    func isNear(_ other: Double) -> Bool { (self - other).magnitude <= 1e-5 * other.magnitude }

    /// Whether the number is another one up to the rounding of a few operations in `Float`.
    func isAlmost(_ other: Double) -> Bool { (self - other).magnitude <= 1e-6 * max(other.magnitude, 1e-3) }
}

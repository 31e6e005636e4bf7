package import OnnxIR
import OnnxReader

/// Which cases an operator stands in, in the graph, in graphs of nodes or in functions.
package struct OperatorCoverage {
    private struct Key: Hashable {
        let domain: OperatorDomain
        let name: String
    }

    private var cases: [Key: Set<String>] = [:]

    /// The coverage by cases; files that cannot be read count for nothing.
    package init(_ cases: [ConformanceCase]) {
        for conformanceCase in cases {
            guard let model = try? readModel(path: conformanceCase.folder + "/model.onnx") else { continue }
            count(model.graph.nodes, conformanceCase.name)
            for function in model.functions { count(function.nodes, conformanceCase.name) }
        }
    }

    private mutating func count(_ nodes: [Node], _ name: String) {
        for node in nodes {
            cases[Key(domain: node.domain, name: node.opType), default: []].insert(name)
            for graph in node.attributes.flatMap(\.value.subgraphs) { count(graph.nodes, name) }
        }
    }

    /// The names of an operator's cases, sorted: those first that have its name in theirs, and of these the shortest.
    package func cases(of domain: OperatorDomain, _ name: String) -> [String] {
        let word = name.lowercased()
        let ranked = (cases[Key(domain: domain, name: name)] ?? []).map { text in
            let isNamed = text.split(separator: "_").joined().contains(word)
            return (isNamed ? 0 : 1, text.utf8.count, text)
        }
        return ranked.sorted { $0 < $1 }.map(\.2)
    }
}

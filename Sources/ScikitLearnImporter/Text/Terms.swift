import ModelImport
import OnnxBuilder
import OnnxIR

/// The terms of texts in a graph: what n-grams are made of, one after the other in each row.
struct Terms {
    let graph: ModelGraph
    /// String, `[rows, terms]`; the empty string stands behind the last term of each row.
    let value: String
    /// The shape `[batch, rest]` where a text has several rows; `nil` where it has one.
    let documentRows: String?
    /// For each row what counts beside its n-grams, because it is shorter than all of them: string, `[rows, 1]`.
    var short: String?

    /// The terms that a mask keeps, next to one another, or with empty strings for the others where no n-gram spans
    /// several.
    func filtered(_ isKept: String, spansSeveral: Bool) throws(ModelImportError) -> Terms {
        let blank = try graph.texts([""], name: "blank")
        var result = graph.builder.node("Where", [isKept, value, blank])
        if spansSeveral {
            let kept = graph.builder.node("Cast", [isKept], [.toInt64])
            let places = graph.builder.node(
                "CumSum",
                [kept, try graph.integer(1)],
                [Attribute("exclusive", .int(1))]
            )
            // What is not kept goes to a column behind the others, which is cut off.
            let width = try graph.width(of: value)
            let targets = graph.builder.node("Where", [isKept, places, width])
            let wider = try graph.builder.node(
                "Concat",
                [value, graph.columns(of: value, from: 0, to: 1)],
                [.secondAxis]
            )
            let blanks = graph.builder.node("Expand", [blank, graph.builder.node("Shape", [wider])])
            let scattered = graph.builder.node("ScatterElements", [blanks, targets, result], [.secondAxis])
            result = try graph.columns(of: scattered, from: 0, to: -1)
        }
        return Terms(graph: graph, value: result, documentRows: documentRows, short: short)
    }

    /// The n-grams of each text as texts, with the empty string where there is none: string, `[batch, n-grams]`.
    func ngrams(_ lengths: ClosedRange<Int>, separator: String) throws(ModelImportError) -> String {
        var parts: [String] = []
        var ngrams = value
        for length in 1...lengths.upperBound {
            if length > 1 {
                let starts = try graph.columns(of: ngrams, from: 0, to: -1)
                let separated =
                    separator.isEmpty
                    ? starts
                    : graph.builder.node("StringConcat", [starts, try graph.texts([separator], name: "separator")])
                let ends = try graph.columns(of: value, from: length - 1)
                let joined = graph.builder.node("StringConcat", [separated, ends])
                ngrams = try graph.builder.node(
                    "Where",
                    [graph.matches(ends, "(?s).+"), joined, graph.texts([""], name: "blank")]
                )
            }
            if lengths.contains(length) { parts.append(ngrams) }
        }
        if let short { parts.append(short) }
        let all = parts.count == 1 ? parts[0] : graph.builder.node("Concat", parts, [.secondAxis])
        guard let documentRows else { return all }
        return graph.builder.node("Reshape", [all, documentRows])
    }

    /// All terms of each text in one row: string, `[batch, terms]`.
    func rows() -> String {
        documentRows.map { graph.builder.node("Reshape", [value, $0]) } ?? value
    }
}

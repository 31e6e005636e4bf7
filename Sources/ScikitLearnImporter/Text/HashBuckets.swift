import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR

/// Columns that texts fall into by their hash.
///
/// *Source*: scikit-learn 0.24 to 1.9, `sklearn.feature_extraction._hashing_fast`: MurmurHash3 of 32 bits with seed 0, as
/// a number with a sign; its amount decides the column, and its sign whether 1 is added or taken away.
struct HashBuckets {
    private let count: Int
    private let alternatesSign: Bool
    private let isBinary: Bool

    /// The most columns: each text has a number for every one.
    private static let mostColumns = 1 << 22

    init(_ object: EstimatorObject) throws(ModelImportError) {
        count = try object.int("n_features")
        guard (1...Self.mostColumns).contains(count) else {
            throw ModelImportError(
                .unsupported,
                "`n_features` is \(count), expected 1 to \(Self.mostColumns), because no matrix here is sparse"
            )
        }
        alternatesSign = object.flag("alternate_sign", fallback: true)
        isBinary = object.flag("binary")
    }

    /// The sums of the texts in each column: float, `[batch, count]`; empty strings count for nothing.
    ///
    /// *Shapes*: `texts` is string, `[batch, any]`.
    func sums(of texts: String, in graph: ModelGraph) throws(ModelImportError) -> Matrix {
        let hash = graph.builder.node(
            "MurmurHash3",
            domain: .microsoft,
            [texts],
            [Attribute("positive", .int(0)), Attribute("seed", .int(0))]
        )
        let wide = Matrix(
            graph: graph,
            value: graph.builder.node("Cast", [hash], [.toInt64]),
            elementType: .int64,
            columnCount: 1
        )
        let isText = graph.matches(texts, "(?s).+")
        let column = try wide.absolute().apply("Mod", [wide.number(Double(count))])
        let places = graph.builder.node("Where", [isText, column.value, try graph.integer(count)])
        let one = try graph.constant([1], .float)
        var signs = try wide.greaterOrEqual(to: 0).choose(1, one * -1)
        if isBinary || !alternatesSign { signs = try wide.greaterOrEqual(to: 0).choose(1, one) }
        // What is no text goes to a column behind the others, which is cut off.
        let sums = try graph.builder.node(
            "ScatterElements",
            [zeros(for: texts, in: graph), places, signs.value],
            [.secondAxis, Attribute("reduction", .string("add"))]
        )
        let kept = try graph.columns(of: sums, from: 0, to: count)
        let result = Matrix(graph: graph, value: kept, elementType: .float, columnCount: count)
        return isBinary ? try result.atMost(1) : result
    }

    private func zeros(for texts: String, in graph: ModelGraph) throws(ModelImportError) -> String {
        let batch = try graph.builder.node(
            "Slice",
            [
                graph.builder.node("Shape", [texts]), graph.integers([0], name: "start"),
                graph.integers([1], name: "end"),
            ]
        )
        let width = try graph.integers([count + 1], name: "width")
        let shape = graph.builder.node("Concat", [batch, width], [.firstAxis])
        return graph.builder.node("Expand", [try graph.constant([0], .float).value, shape])
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// The labels of a classifier: integers or strings.
enum ClassLabels: Sendable {
    case integers([Int])
    case strings([String])

    /// The labels from the attribute that a node gives.
    ///
    /// *Throws*: `attribute` when it gives none, or both.
    init(_ node: NodeContext, integers: String, strings: String) throws(EngineError) {
        let ints = try node.ints(integers) ?? []
        let texts = try node.strings(strings) ?? []
        guard ints.isEmpty != texts.isEmpty else {
            throw EngineError(.attribute, "both or none of `\(integers)` and `\(strings)` are given, expected one")
        }
        self = ints.isEmpty ? .strings(texts) : .integers(ints)
    }

    var count: Int {
        switch self {
        case .integers(let labels): labels.count
        case .strings(let labels): labels.count
        }
    }

    var elementType: ElementType {
        switch self {
        case .integers: .int64
        case .strings: .string
        }
    }

    /// All labels, as a vector.
    func all() throws(EngineError) -> Tensor { try select(Array(0..<count)) }

    /// The labels at these indices; 0 or an empty string where there is none.
    func select(_ indices: [Int?]) throws(EngineError) -> Tensor {
        switch self {
        case .integers(let labels): try .of(indices.map { $0.map { Int64(labels[$0]) } ?? 0 })
        case .strings(let labels): try .of(strings: indices.map { $0.map { labels[$0] } ?? "" })
        }
    }
}

extension InputFacts {
    /// The outputs of a classifier: a label for each sample, and scores, as many as there are labels unless it says.
    func classified(_ labels: ClassLabels, scoreCount: Int? = nil) -> [Facts] {
        [
            .tensor(labels.elementType, [sampleExtent]),
            .tensor(.float, [sampleExtent, .fixed(scoreCount ?? labels.count)]),
        ]
    }
}

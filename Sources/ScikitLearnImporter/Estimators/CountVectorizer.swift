import ModelImport

/// How often each term of a vocabulary stands in a text.
///
/// *Source*: scikit-learn 0.24 to 1.9, `vocabulary_`, `binary`, and what `TextAnalyzer` reads.
struct CountVectorizer: Transformer {
    private let analyzer: TextAnalyzer
    private let vocabulary: Vocabulary
    private let isBinary: Bool

    static let entry = EstimatorEntry("sklearn.feature_extraction.text.CountVectorizer") {
        object throws(ModelImportError) in
        .transformer(try CountVectorizer(object))
    }

    var inputForm: InputForm { .vector(.string) }
    var termCount: Int { vocabulary.terms.count }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        analyzer = try TextAnalyzer(object)
        vocabulary = try Vocabulary(object)
        isBinary = object.flag("binary")
    }

    func counts(_ input: Table) throws(ModelImportError) -> Matrix {
        let counts = try vocabulary.counts(in: try analyzer.terms(of: input), analyzer)
        return isBinary ? try counts.atMost(1) : counts
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table { Table(try counts(input)) }
}

import ModelImport

/// How often terms of each hash stand in a text.
///
/// *Source*: scikit-learn 0.24 to 1.9, `alternate_sign`, `binary`, `n_features`, `norm`, and what `TextAnalyzer` reads.
struct HashingVectorizer: Transformer {
    private let analyzer: TextAnalyzer
    private let buckets: HashBuckets
    private let norm: Matrix.Norm?

    static let entry = EstimatorEntry("sklearn.feature_extraction.text.HashingVectorizer") {
        object throws(ModelImportError) in
        .transformer(try HashingVectorizer(object))
    }

    var inputForm: InputForm { .vector(.string) }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        analyzer = try TextAnalyzer(object)
        buckets = try HashBuckets(object)
        norm = try object.norm()
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        let terms = try analyzer.terms(of: input)
        let ngrams = try terms.ngrams(analyzer.lengths, separator: analyzer.separator)
        let sums = try buckets.sums(of: ngrams, in: input.graph)
        guard let norm else { return Table(sums) }
        return Table(try sums.cast(to: .double).normalised(norm, from: 0))
    }
}

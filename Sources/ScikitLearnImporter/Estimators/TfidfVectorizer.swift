import Diagnostics
import ModelImport

/// Counts of terms, weighted by how rare a term is.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `CountVectorizer`, with the fitted `TfidfTransformer` in `_tfidf`.
struct TfidfVectorizer: Transformer {
    private let counter: CountVectorizer
    private let weigher: TfidfTransformer

    static let entry = EstimatorEntry("sklearn.feature_extraction.text.TfidfVectorizer") {
        object throws(ModelImportError) in
        .transformer(try TfidfVectorizer(object))
    }

    var inputForm: InputForm { .vector(.string) }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        counter = try CountVectorizer(object)
        weigher = try TfidfTransformer(try object.estimator("_tfidf"))
        guard weigher.weights.map({ $0.count == counter.termCount }) ?? true else {
            throw ModelImportError(
                .malformed,
                "`idf_` has \(weigher.weights?.count ?? 0) elements, expected \(counter.termCount) from `vocabulary_`"
            )
        }
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        Table(try weigher.transform(try counter.counts(input).cast(to: .double)))
    }
}

import Diagnostics
import ModelImport

/// How often texts of each hash stand among the texts of a sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, `input_type`, and what `HashBuckets` reads.
struct FeatureHasher: Transformer {
    private let buckets: HashBuckets

    static let entry = EstimatorEntry("sklearn.feature_extraction.FeatureHasher") { object throws(ModelImportError) in
        .transformer(try FeatureHasher(object))
    }

    var inputForm: InputForm { .texts }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let type = try object.string("input_type")
        try object.refuse(type != "string", "`input_type` of `\(type)`")
        buckets = try HashBuckets(object)
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        Table(try buckets.sums(of: try input.strings().value, in: input.graph))
    }
}

import ModelImport
import OnnxBuilder

/// The leaves of random trees that a sample falls into, as indicators.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `one_hot_encoder_`.
struct RandomTreesEmbedding: Transformer {
    let trees: [DecisionTree]
    let encoder: OneHotEncoder

    static let entry = EstimatorEntry("sklearn.ensemble.RandomTreesEmbedding") { object throws(ModelImportError) in
        .transformer(try RandomTreesEmbedding(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        trees = try decisionTrees(try object.nestedList("estimators_"), of: object)
        encoder = try OneHotEncoder(try object.estimator("one_hot_encoder_"))
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        var sums = LeafSums(targetCount: trees.count)
        for (index, tree) in trees.enumerated() {
            tree.append(to: &sums, tree: index, target: index) { Double($0) }
        }
        return try encoder.transform(Table(try sums(try input.floats())))
    }
}

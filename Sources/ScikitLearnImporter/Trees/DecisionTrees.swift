import Diagnostics
import ModelFormats
import ModelImport

/// The fitted trees of an estimator.
func decisionTrees(
    _ objects: [EstimatorObject],
    of object: EstimatorObject
) throws(ModelImportError) -> [DecisionTree] {
    let featureCount = try object.int(object.value["n_features_in_"] == nil ? "n_features_" : "n_features_in_")
    guard !objects.isEmpty else { throw ModelImportError(.malformed, "there are no trees, expected at least one") }
    var trees: [DecisionTree] = []
    for (index, tree) in objects.enumerated() {
        let place = Place.item("tree", "\(index)", tree.className)
        trees.append(
            try locating(place) { () throws(ModelImportError) in
                try DecisionTree(tree, featureCount: featureCount)
            }
        )
    }
    return trees
}

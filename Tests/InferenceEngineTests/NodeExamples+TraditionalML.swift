import OnnxIR
import Tensors

extension NodeExample {
    static let traditionalML: [String: NodeExample] = [
        "CastMap": NodeExample(
            .entries([3, 1, 2], .float),
            attributes: ["map_form": .string("SPARSE"), "max_map": .int(4), "cast_to": .string("TO_INT64")]
        ),
        "CategoryMapper": NodeExample(
            .random(.int64, [2, 3]),
            attributes: ["cats_int64s": .ints([0, 1, 2]), "cats_strings": .strings(["a", "b", "c"])]
        ),
        "DictVectorizer": NodeExample(
            .entries([3, 1, 2], .float),
            attributes: ["int64_vocabulary": .ints([1, 0, 3])]
        ),
        "FeatureVectorizer": NodeExample(
            .floats(2, 3),
            .floats(2, 1),
            attributes: ["inputdimensions": .ints([2, 2])]
        ),
        "LabelEncoder": NodeExample(
            .random(.int64, [2, 3]),
            attributes: ["keys_int64s": .ints([0, 1, 2]), "values_strings": .strings(["a", "b", "c"])]
        ),
        "LinearClassifier": NodeExample(
            .floats(2, 2),
            attributes: [
                "coefficients": .floats([1, 2, 3, 4]), "intercepts": .floats([1, 0]),
                "classlabels_ints": .ints([0, 1]),
            ]
        ),
        "LinearRegressor": NodeExample(
            .floats(2, 2),
            attributes: ["coefficients": .floats([1, 2, 3, 4]), "targets": .int(2)]
        ),
        "SVMClassifier": NodeExample(
            .floats(2, 2),
            attributes: [
                "support_vectors": .floats([1, 2, 3, 4, 0, 1]), "vectors_per_class": .ints([1, 1, 1]),
                "coefficients": .floats([1, 2, -1, 0.5, 1, 1]), "rho": .floats([0, 1, -1]),
                "prob_a": .floats([-1, -1, -2]), "prob_b": .floats([0, 1, 0]), "kernel_type": .string("RBF"),
                "kernel_params": .floats([0.5, 0, 0]), "classlabels_ints": .ints([0, 1, 2]),
            ]
        ),
        "SVMRegressor": NodeExample(
            .floats(2, 2),
            attributes: [
                "support_vectors": .floats([1, 2, 3, 4]), "n_supports": .int(2), "coefficients": .floats([1, 2]),
                "rho": .floats([0.5]), "kernel_type": .string("POLY"), "kernel_params": .floats([1, 1, 2]),
            ]
        ),
        "TreeEnsemble": NodeExample(.floats(3, 2), attributes: treeEnsemble),
    ]

    /// Two trees: one of a comparison and a set, one of a comparison alone.
    static let treeEnsemble: KeyValuePairs<String, AttributeValue> = [
        "nodes_featureids": .ints([0, 1, 1]), "nodes_truenodeids": .ints([1, 0, 3]),
        "nodes_falsenodeids": .ints([2, 1, 4]), "nodes_trueleafs": .ints([0, 1, 1]),
        "nodes_falseleafs": .ints([1, 1, 1]), "nodes_modes": tensor { try Tensor([0, 6, 2] as [UInt8]) },
        "nodes_splits": tensor { try Tensor([0.5, 0, 1] as [Float]) },
        "membership_values": tensor { try Tensor([1, 2, .nan] as [Float]) }, "tree_roots": .ints([0, 2]),
        "leaf_targetids": .ints([0, 1, 0, 1, 0]), "leaf_weights": tensor { try Tensor([1, 2, 3, 4, 5] as [Float]) },
        "n_targets": .int(2),
    ]

    private static func tensor(_ make: () throws -> Tensor) -> AttributeValue {
        (try? make()).map { .tensor(OnnxTensor(name: "", tensor: $0)) } ?? .ints([])
    }
}

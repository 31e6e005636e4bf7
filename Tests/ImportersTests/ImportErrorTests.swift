import Diagnostics
import Foundation
import Importers
import ModelImport
import TestSupport
import Testing

/// What is refused is refused in words that say where, what, expected and got.
@Suite struct ImportErrorTests {
    static let cases: [(String, DiagnosticKind, String)] = [
        ("base_score.json", .invalid, "`learner_model_param.base_score` is `[5E-1,5E-1]`, expected 1 or 3 numbers"),
        ("bomb.pickle", .invalid, "stream `bzip2`: the data grows too large, expected at most 67108864 bytes"),
        (
            "booster.json", .unsupported,
            "booster `gbforest` is not supported, expected `gbtree`, `dart` or `gblinear`"
        ),
        ("catboost_bias.json", .invalid, "a sample has 0 raw scores, expected at least 1"),
        ("catboost_column.json", .invalid, "a feature has column 1073741824, expected one of 0..<16777216"),
        ("catboost_feature.json", .invalid, "tree `0`: a split uses float feature 77, expected one of 0..<10"),
        ("catboost_labels.json", .invalid, "`class_names` has 2 labels, expected 3"),
        ("catboost_leaf.json", .invalid, "tree `0`: a leaf has no `value` of 1 numbers"),
        ("catboost_loss.json", .unsupported, "loss function `Unknown` is not supported"),
        ("catboost_question.json", .invalid, "tree `0`: `split_index` is 0, expected that of a statistic"),
        ("catboost_root.cbm", .invalid, "offset 0: an offset leads 1073741824 bytes beyond the data"),
        (
            "catboost_rows.json", .invalid,
            "element `ctrs[8]`: `hash_map` is no array with rows of `hash_stride` elements"
        ),
        ("catboost_split.json", .unsupported, "tree `0`: splits of type `Estimated` are not supported"),
        ("catboost_text.json", .unsupported, "text features are not supported, expected numbers and categories"),
        (
            "catboost_texts.json", .unsupported,
            "categorical feature 0 `colour` has categories of which the file holds hashes and no texts"
        ),
        ("catboost_truncated.cbm", .invalid, "the data ends too soon, expected 7632 bytes of a model, got 92"),
        ("catboost_values.json", .invalid, "tree `0`: a tree of 3 levels has 7 values, expected 1 for each leaf"),
        ("categories.json", .invalid, "tree `0`: node 0 has categories 1 and 2 more, expected some of 2"),
        (
            "classes.joblib", .invalid,
            "step `classifier` (sklearn.linear_model.LogisticRegression): `classes_` is missing, "
                + "expected the labels of the classes"
        ),
        (
            "columns.joblib", .invalid,
            "step `classifier` (sklearn.linear_model.LogisticRegression): `coef_` has 3 columns, "
                + "expected 4 from `n_features_in_`"
        ),
        (
            "custom.pickle", .unsupported,
            "the pickle names `__main__.MyTransformer`, which no supported model holds"
        ),
        (
            "cyclic.json", .invalid,
            "tree `0`: node 0 has child 0, expected another node of the tree that has no parent yet"
        ),
        (
            "cyclic_tree.pickle", .invalid,
            "tree `0` (sklearn.tree.DecisionTreeClassifier): node 0 of the tree has child 0, expected one of 1..<5"
        ),
        (
            "dag.pickle", .invalid,
            "tree `0` (sklearn.tree.DecisionTreeClassifier): node 0 of the tree has child 2, "
                + "expected another node of the tree that has no parent yet"
        ),
        ("empty.bin", .invalid, "the file is empty"),
        (
            "feature.pickle", .invalid,
            "tree `0` (sklearn.tree.DecisionTreeClassifier): node 0 of the tree splits feature 4, "
                + "expected one of 0..<4"
        ),
        (
            "labels.pickle", .unsupported,
            "attribute `classes_`: `uint64` 9223372036854775808 is not supported, expected integers below 2^63"
        ),
        (
            "lengths.json", .invalid,
            "tree `0`: `split_indices` has 2 elements, expected 3 from `left_children`"
        ),
        (
            "lightgbm_boundaries.txt", .invalid,
            "tree `0`: `cat_boundaries` holds 5 before 2, expected rising numbers up to 2"
        ),
        (
            "lightgbm_child.txt", .invalid,
            "tree `0`: split 0 has child leaf 76, expected a split or leaf that has no parent yet"
        ),
        (
            "lightgbm_cyclic.txt", .invalid,
            "tree `0`: split 0 has child split 0, expected a split or leaf that has no parent yet"
        ),
        ("lightgbm_decision.txt", .invalid, "tree `0`: `decision_type` holds 12, expected bits of 0 to 11"),
        ("lightgbm_feature.txt", .invalid, "tree `0`: split 0 splits feature 8, expected one of 0..<8"),
        ("lightgbm_gap.json", .invalid, "tree `0`: `split_index` has gaps, expected each of 0..<2"),
        ("lightgbm_groups.txt", .invalid, "there are 6 trees, expected a multiple of 4 from `num_tree_per_iteration`"),
        ("lightgbm_infinite.txt", .invalid, "tree `0`: leaf 0 has the number inf, expected one up to 1e30"),
        ("lightgbm_leaves.txt", .invalid, "tree `0`: `leaf_value` has 6 elements, expected 100000000"),
        ("lightgbm_number.txt", .invalid, "tree `0`: `leaf_value` holds `half`, expected a number"),
        ("lightgbm_objective.txt", .unsupported, "objective `binary2` is not supported"),
        ("lightgbm_sets.txt", .invalid, "tree `0`: `threshold` holds 0.0, expected one of 0 sets"),
        ("lightgbm_truncated.txt", .invalid, "the text ends too soon, expected a line `end of trees`"),
        ("lightgbm_twice.json", .invalid, "tree `0`: `leaf_index` 0 is there twice"),
        ("lightgbm_values.txt", .invalid, "tree `0`: `leaf_value` has 1 elements, expected 6"),
        ("linear.json", .invalid, "`weights` has 2 elements, expected 15 that are finite"),
        ("no_estimator.joblib", .unsupported, "the pickle holds no object of scikit-learn"),
        ("objective.json", .unsupported, "objective `rank:unknown` is not supported"),
        ("other.json", .unsupported, "the content is JSON, and no model of a known framework"),
        (
            "rows.joblib", .invalid,
            "step `classifier` (sklearn.linear_model.LogisticRegression): `coef_` has 2 rows, "
                + "expected 3 from `classes_`"
        ),
        (
            "scale.joblib", .invalid,
            "step `scaler` (sklearn.preprocessing.StandardScaler): `scale_` has 3 elements, "
                + "expected 4 from `n_features_in_`"
        ),
        ("split.json", .invalid, "tree `0`: node 0 splits feature 4, expected one of 0..<4"),
        ("system.pickle", .unsupported, "the pickle names `os.system`, which no supported model holds"),
        ("text.bin", .unsupported, "the content is of no known format"),
        (
            "text_boundary.pickle", .unsupported,
            #"the `token_pattern` `\b\w{2,4}x?-?\b` with choices is not supported"#
        ),
        (
            "text_brace.pickle", .unsupported,
            #"the `token_pattern` `\w{+2}|\w+` with a brace that stands for itself is not supported"#
        ),
        (
            "text_brace_digits.pickle", .unsupported,
            #"the `token_pattern` `\w{٣}|\w+` with a brace that stands for itself is not supported"#
        ),
        ("text_choices.pickle", .unsupported, #"the `token_pattern` `\w*\d` with choices is not supported"#),
        (
            "text_columns.pickle", .unsupported,
            "`n_features` is 8388608, expected 1 to 4194304, because no matrix here is sparse"
        ),
        ("text_dictionaries.pickle", .unsupported, "numbers and texts of one name, `a`, are not supported"),
        (
            "text_group.pickle", .unsupported,
            #"the `token_pattern` `(\w+)\s*` with a group that is a part of it is not supported"#
        ),
        (
            "text_inner_boundary.pickle", .unsupported,
            #"the `token_pattern` `\w+\b\W\b\w+` with boundaries inside of it is not supported"#
        ),
        (
            "text_lazy.pickle", .unsupported,
            #"the `token_pattern` `\w+?` with quantifiers that are lazy or possessive is not supported"#
        ),
        (
            "text_long.pickle", .unsupported,
            #"the `token_pattern` `(?:\w{200}){2}|\w+` with repetitions of too many characters is not supported"#
        ),
        (
            "text_lookaround.pickle", .unsupported,
            #"the `token_pattern` `\w+(?= )` with lookarounds, references or flags is not supported"#
        ),
        (
            "text_named_class.pickle", .unsupported,
            #"the `token_pattern` `[[:alpha:]]+|\w+` with `[:` in brackets is not supported"#
        ),
        ("text_no_vocabulary.pickle", .invalid, "`vocabulary_` is empty, expected one term or more"),
        (
            "text_nothing.pickle", .unsupported,
            #"the `token_pattern` `\w*` with matches of nothing is not supported"#
        ),
        (
            "text_open_group.pickle", .invalid,
            "character 4 of the `token_pattern` `(one` is wrong, expected `)`, got its end"
        ),
        ("text_pairs.pickle", .unsupported, "`input_type` of `pair` is not supported"),
        (
            "text_place.pickle", .invalid,
            "`vocabulary_` gives `two` a place of another type, expected an integer"
        ),
        (
            "text_range.pickle", .invalid,
            "character 3 of the `token_pattern` `[z-a]` is wrong, expected a character from `z` on, where a range ends, "
                + "got `a`"
        ),
        (
            "text_repetitions.pickle", .unsupported,
            #"the `token_pattern` `(?:ab{1000}){1000}|\w+` with more than 1000 repetitions is not supported"#
        ),
        ("text_spaces.pickle", .unsupported, "an n-gram of tokens that hold spaces is not supported"),
        (
            "text_twice.pickle", .invalid,
            "`vocabulary_` gives `two` the place 0, expected another than that of `one`"
        ),
        ("text_twice_listed.pickle", .invalid, "`vocabulary` holds `one` twice, expected texts that differ"),
        (
            "text_vocabulary.pickle", .invalid,
            "`vocabulary_` gives `two` the place 7, expected one of 0..<2"
        ),
        ("text_weights.pickle", .invalid, "`idf_` has 3 elements, expected 2 from `vocabulary_`"),
        ("unfitted.joblib", .invalid, "`n_features_in_` is missing, expected an integer"),
        (
            "unsupported.joblib", .unsupported, "estimator `sklearn.manifold.SpectralEmbedding` is not supported"
        ),
        (
            "unsupported_step.joblib", .unsupported,
            "step `classifier` (sklearn.manifold.SpectralEmbedding): "
                + "estimator `sklearn.manifold.SpectralEmbedding` is not supported"
        ),
        ("vector.json", .invalid, "tree `0`: `size_leaf_vector` is 2, expected 3 targets"),
        (
            "wide_atoms.joblib", .invalid,
            "the products of atoms would take 12000 × 12000 elements, expected at most 134217728"
        ),
        (
            "wide_components.joblib", .invalid,
            "the products of components would take 12000 × 12000 elements, expected at most 134217728"
        ),
        ("wide_empty.joblib", .invalid, "`components_` has shape [0, 1099511627776], expected some elements"),
        ("wide_percentile.joblib", .invalid, "`param` is 1e+300, expected a number from 0 to 100"),
        ("wide_products.joblib", .invalid, "there are too many products of degree 1, expected at most 65536"),
        (
            "xgboost.deprecated", .unsupported,
            "XGBoost's old binary format is not supported, expected JSON or UBJSON"
        ),
    ]

    @Test(arguments: cases)
    func `a file that is no supported model is refused in words`(
        name: String,
        kind: DiagnosticKind,
        message: String
    ) throws {
        let path = fixturePath("bad/\(name)")
        let error = #expect(throws: ModelImportError.self) { try importModel(path: path) }
        #expect(error?.description == "`\(path)`: \(message)")
        #expect(error?.kind == kind)
    }

    @Test func `a pipeline inside itself ends`() {
        let error = #expect(throws: ModelImportError.self) {
            try importModel(path: fixturePath("bad/recursive.pickle"))
        }
        #expect(error?.code == .tooDeep)
        #expect(error?.message == "estimators nest too deep, expected at most 16 levels")
    }

    @Test func `nothing of a pickle runs`() {
        _ = try? importModel(path: fixturePath("bad/system.pickle"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/mlpack-was-here"))
    }

    @Test func `a file that is missing is named`() {
        let error = #expect(throws: ModelImportError.self) { try importModel(path: "/nowhere/model.joblib") }
        #expect(error?.description == "`/nowhere/model.joblib`: opening: no such file or directory")
        #expect(error?.kind == .notFound)
    }
}

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
        ("booster.json", .unsupported, "booster `gblinear` is not supported, expected `gbtree` or `dart`"),
        (
            "categorical.json", .unsupported,
            "tree `0`: categorical splits are not supported, expected numerical ones"
        ),
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
        ("empty.bin", .invalid, "the file is empty"),
        (
            "feature.pickle", .invalid,
            "tree `0` (sklearn.tree.DecisionTreeClassifier): node 0 of the tree splits feature 4, "
                + "expected one of 0..<4"
        ),
        (
            "lengths.json", .invalid,
            "tree `0`: `split_indices` has 2 elements, expected 3 from `left_children`"
        ),
        ("no_estimator.joblib", .unsupported, "the pickle holds no object of scikit-learn"),
        ("objective.json", .unsupported, "objective `rank:pairwise` is not supported"),
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
        ("targets.json", .unsupported, "boosters of 2 targets are not supported, expected 1"),
        ("text.bin", .unsupported, "the content is of no known format"),
        ("unfitted.joblib", .invalid, "`n_features_in_` is missing, expected an integer"),
        (
            "unsupported.joblib", .unsupported, "estimator `sklearn.manifold.LocallyLinearEmbedding` is not supported"
        ),
        (
            "unsupported_step.joblib", .unsupported,
            "step `classifier` (sklearn.manifold.LocallyLinearEmbedding): "
                + "estimator `sklearn.manifold.LocallyLinearEmbedding` is not supported"
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

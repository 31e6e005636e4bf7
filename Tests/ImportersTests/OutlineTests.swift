import Importers
import ModelImport
import TestSupport
import Testing

/// What `mlpack inspect` tells of saved models.
@Suite struct OutlineTests {
    private func outline(_ name: String, limits: OutlineLimits = .default) throws -> ModelOutline {
        try #require(try outlineModel(path: fixturePath(name), limits: limits))
    }

    @Test func `parameters and what was learned stand under each estimator`() throws {
        let lines = try outline("skops/columns.skops").text.split(separator: "\n").map(String.init)
        #expect(lines[0].hasSuffix("columns.skops`: skops, scikit-learn"))
        #expect(
            lines[1...4] == [
                "sklearn.pipeline.Pipeline", "  steps:",
                "    columntransformer: sklearn.compose._column_transformer.ColumnTransformer", "      transformers:",
            ]
        )
        #expect(lines.contains("          with_mean: True"))
        #expect(lines.contains("      classes_: object[3] 'setosa', 'versicolor', 'virginica'"))
        #expect(lines.contains("          mean_: double[2] 5.843333333333335, 3.057333333333334"))
    }

    @Test func `a skops file and a pickle are told alike`() throws {
        for name in ["columns", "encoder", "forest", "support"] {
            let roots = try ["skops", "pickle"].map { try outline("skops/\(name).\($0)").root }
            #expect(roots[0] == roots[1], "\(name)")
        }
    }

    @Test(arguments: [
        ("bad/custom.pickle", "__main__.MyTransformer"), ("bad/system.pickle", "os.system"),
        ("bad/unfitted.joblib", "sklearn.preprocessing._data.StandardScaler"),
    ])
    func `what cannot be exported is told too`(name: String, line: String) throws {
        let outline = try outline(name)
        #expect(outline.text.split(separator: "\n")[1] == line)
    }

    @Test func `a document is told by its keys`() throws {
        let text = try outline("mlflow/booster").text
        #expect(
            text.hasPrefix("`\(fixturePath("mlflow/booster"))/model.ubj`: UBJSON, XGBoost, flavor `xgboost` of MLflow")
        )
        #expect(text.contains("          num_trees: '6'\n"))
    }

    @Test func `a pipeline inside itself ends`() throws {
        #expect(try outline("bad/recursive.pickle").text.contains("…, deeper than 48 levels"))
    }

    @Test func `lists that double forty times end`() throws {
        var bytes: [UInt8] = [0x80, 4, 0x5D, 0x94]
        for index in 0..<40 as Range<UInt8> { bytes += [0x5D, 0x94, 0x28, 0x68, index, 0x68, index, 0x65] }
        let folder = try TemporaryFolder()
        try write(bytes + [0x2E], to: folder.file("model.pickle"))
        let outline = try #require(try outlineModel(path: folder.file("model.pickle"), limits: .default))
        #expect(outline.text.utf8.count < 4_000_000)
    }

    @Test func `an ONNX model is no saved model`() throws {
        let folder = try TemporaryFolder()
        try write(try serialized(try importModel(path: fixturePath("mlflow/frame"))), to: folder.file("m.onnx"))
        #expect(try outlineModel(path: folder.file("m.onnx"), limits: .default) == nil)
        #expect(try auditModel(path: folder.file("m.onnx")) == nil)
    }
}

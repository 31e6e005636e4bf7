import Diagnostics
import Importers
import ModelImport
import OnnxIR
import TestSupport
import Testing

/// Model directories of MLflow.
@Suite struct MLflowTests {
    @Test func `the flavor leads to the file, the signature to names`() throws {
        let imported = try importModel(path: fixturePath("mlflow/frame"))
        let names = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
        #expect(imported.report.format == "skops" && imported.report.framework == "scikit-learn")
        #expect(imported.report.featureNames == names)
        #expect(imported.model.metadata.contains { $0.key == "feature_names" })
        let mlflow = try #require(imported.report.mlflow)
        #expect(mlflow.flavor == "sklearn" && mlflow.file == "model.skops" && mlflow.mlflowVersion == "3.17.2")
        #expect(mlflow.signature?.inputs.map(\.type) == Array(repeating: "double", count: 4))
        #expect(mlflow.signature?.outputs.map(\.type) == ["int64[-1]"])
        #expect(imported.report.warnings.isEmpty)
    }

    @Test func `a signature of tensors names no features`() throws {
        let imported = try importModel(path: fixturePath("mlflow/tensor") + "/")
        #expect(imported.report.featureNames == nil)
        #expect(imported.report.mlflow?.signature?.inputs.map(\.type) == ["float64[-1, 4]"])
    }

    @Test func `a directory gives the graph that its file gives`() throws {
        let folder = try importModel(path: fixturePath("mlflow/booster"))
        let file = try importModel(path: fixturePath("mlflow/booster/model.ubj"))
        #expect(firstDifference(folder.model, file.model) == nil)
        #expect(folder.report.mlflow?.frameworkVersion == "3.2.0")
    }

    @Test(arguments: [
        (
            "foreign",
            "flavor `pytorch` of MLflow is not supported, expected one of `catboost`, `lightgbm`, `sklearn`, `xgboost`",
            DiagnosticKind.unsupported
        ),
        (
            "function",
            "flavor `python_function` of `mlflow.pyfunc.model` of MLflow is not supported, expected one of `catboost`, "
                + "`lightgbm`, `sklearn`, `xgboost`",
            .unsupported
        ),
        ("nameless", "flavor `sklearn` names no file, expected `pickled_model`", .invalid),
        ("outside", "a file is named `../model.pkl`, expected a path inside of the directory", .invalid),
    ])
    func `what is not read is named`(name: String, message: String, kind: DiagnosticKind) {
        let path = fixturePath("mlflow/\(name)")
        let error = #expect(throws: ModelImportError.self) { try importModel(path: path) }
        #expect(error?.description == "`\(path)/MLmodel`: \(message)")
        #expect(error?.kind == kind)
    }

    @Test func `a directory of something else is named`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ModelImportError.self) { try importModel(path: folder.path) }
        #expect(
            error?.description
                == "`\(folder.path)`: the directory has no `MLmodel`, expected a model directory of MLflow or a file"
        )
    }
}

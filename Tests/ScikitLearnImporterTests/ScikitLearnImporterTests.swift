import Diagnostics
import ModelImport
import OnnxIR
import ScikitLearnImporter
import TestSupport
import Testing

@Suite struct ScikitLearnImporterTests {
    static let folder = repositoryRoot + "/Tests/ImportersTests/Fixtures/scikit-learn/1.9.1"

    @Test func `the report shows the tree of estimators`() throws {
        let file = try ModelFile(path: Self.folder + "/object_labels.none.joblib")
        let report = try ScikitLearnImporter().importModel(file, options: ImportOptions()).report
        #expect(report.framework == "scikit-learn" && report.frameworkVersion == "1.9.1")
        #expect(report.classLabels == .strings(["benign", "malignant"]))
        #expect(report.estimator.className == "sklearn.pipeline.Pipeline")
        #expect(report.estimator.children.map(\.name) == ["scaler", "pass", "classifier"])
        #expect(
            report.estimator.children.map(\.className) == [
                "sklearn.preprocessing.MinMaxScaler", "passthrough", "sklearn.linear_model.LogisticRegression",
            ]
        )
    }

    @Test func `nodes carry the names of their steps`() throws {
        let file = try ModelFile(path: Self.folder + "/pipeline.none.joblib")
        let graph = try ScikitLearnImporter().importModel(file, options: ImportOptions()).model.graph
        #expect(
            graph.nodes.map(\.name) == [
                "scaler/Cast", "scaler/Sub", "scaler/Div", "classifier/Gemm", "classifier/ArgMax",
                "classifier/Softmax", "Reshape", "Cast",
            ]
        )
        #expect(graph.initializers.map(\.name).contains("scaler/mean"))
    }

    @Test(arguments: ["float_labels", "bool_labels", "other_int_labels"])
    func `labels come out in the type that they were given in`(name: String) throws {
        let file = try ModelFile(path: Self.folder + "/\(name).none.joblib")
        let labels = try ScikitLearnImporter().importModel(file, options: ImportOptions()).report.classLabels
        let expected: [String: ClassLabels] = [
            "float_labels": .doubles([0, 2]), "bool_labels": .bools([false, true]), "other_int_labels": .ints([-5, 5]),
        ]
        #expect(labels == expected[name])
    }

    @Test func `outputs are those that were asked for`() throws {
        let file = try ModelFile(path: Self.folder + "/pipeline.none.joblib")
        var options = ImportOptions()
        options.outputs = [.decisionFunction, .predict]
        options.usesDoublePrecision = true
        let graph = try ScikitLearnImporter().importModel(file, options: options).model.graph
        #expect(graph.outputs.map(\.name) == ["label", "decision"])
        #expect(graph.inputs.first?.type?.description == "tensor(double)[batch, 4]")
        #expect(!graph.nodes.map(\.opType).contains("Softmax"))
    }

    @Test func `an output that the estimator does not have is refused by name`() throws {
        let file = try ModelFile(path: Self.folder + "/pipeline.none.joblib")
        var options = ImportOptions()
        options.outputs = [.transform]
        let error = #expect(throws: ModelImportError.self) {
            try ScikitLearnImporter().importModel(file, options: options)
        }
        #expect(
            error?.message
                == "the estimator has no `transform`, expected `predict`, `predict_proba`, `decision_function`"
        )
    }

    @Test func `columns of a frame are inputs under their names`() throws {
        let file = try ModelFile(path: Self.folder + "/families/Pipeline_frame.joblib")
        let graph = try ScikitLearnImporter().importModel(file, options: ImportOptions()).model.graph
        #expect(
            graph.inputs.map { "\($0.name): \($0.type?.description ?? "")" } == [
                "width: tensor(float)[batch, 1]", "height: tensor(float)[batch, 1]", "count: tensor(float)[batch, 1]",
                "city: tensor(string)[batch, 1]", "kind: tensor(string)[batch, 1]",
            ]
        )
    }

    @Test func `classes are listed once, and limits are those of listed classes`() {
        #expect(Set(estimatorClassNames).count == estimatorClassNames.count)
        #expect(estimatorClassNames.allSatisfy { $0.hasPrefix("sklearn.") })
        #expect(Set(estimatorLimits.keys).isSubset(of: estimatorClassNames))
    }
}

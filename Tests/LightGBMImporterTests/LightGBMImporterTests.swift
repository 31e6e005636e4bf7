import Diagnostics
import LightGBMImporter
import ModelImport
import OnnxIR
import TestSupport
import Testing

@Suite struct LightGBMImporterTests {
    static let folder = repositoryRoot + "/Tests/ImportersTests/Fixtures/"

    @Test(arguments: ["binary.txt", "binary.json", "labels.joblib", "best_iteration.pickle"])
    func `every format is recognised`(name: String) throws {
        #expect(try LightGBMImporter().recognises(ModelFile(path: Self.folder + "lightgbm/4.7.0/" + name)))
    }

    @Test(arguments: ["bad/other.json", "bad/text.bin", "xgboost/3.2.0/binary.ubj", "lightgbm/4.7.0/scaled.joblib"])
    func `what is not from LightGBM is not recognised`(name: String) throws {
        #expect(try !LightGBMImporter().recognises(ModelFile(path: Self.folder + name)))
    }

    @Test func `a wrapper keeps its labels`() throws {
        let file = try ModelFile(path: Self.folder + "lightgbm/4.7.0/labels.joblib")
        let report = try LightGBMImporter().importModel(file, options: ImportOptions()).report
        #expect(report.classLabels == .strings(["no", "peut-être", "yes"]))
        #expect(report.estimator.className == "lightgbm.LGBMClassifier")
    }

    @Test func `scores of an objective of one's own come with a warning`() throws {
        let file = try ModelFile(path: Self.folder + "lightgbm/4.7.0/custom.txt")
        let report = try LightGBMImporter().importModel(file, options: ImportOptions()).report
        #expect(report.format == "text")
        #expect(report.warnings == ["no objective was saved, as for one of your own: predictions are raw scores"])
    }

    @Test func `raw scores are the decisions of a class that has such a method`() throws {
        var options = ImportOptions()
        options.outputs = [.decisionFunction]
        options.usesDoublePrecision = true
        let file = try ModelFile(path: Self.folder + "lightgbm/4.7.0/labels.joblib")
        let graph = try LightGBMImporter().importModel(file, options: options).model.graph
        #expect(graph.inputs.map { $0.type?.description } == ["tensor(double)[batch, 4]"])
        #expect(graph.outputs.map(\.name) == ["decision"])
        #expect(graph.outputs.map { $0.type?.description } == ["tensor(double)[batch, 3]"])
        let old = try ModelFile(path: Self.folder + "lightgbm/3.3.5/labels.joblib")
        let error = #expect(throws: ModelImportError.self) {
            try LightGBMImporter().importModel(old, options: options)
        }
        #expect(
            error?.message
                == "the estimator has no `decision_function`, expected `predict`, `predict_proba`"
        )
    }

    @Test func `objectives are listed in alphabetical order`() {
        #expect(LightGBMImporter.objectiveNames == LightGBMImporter.objectiveNames.sorted())
        #expect(LightGBMImporter.objectiveNames.contains("binary"))
    }
}

import CatBoostImporter
import ModelImport
import OnnxIR
import TestSupport
import Testing

@Suite struct CatBoostImporterTests {
    static let folder = repositoryRoot + "/Tests/ImportersTests/Fixtures/"

    private func imported(_ name: String) throws -> ImportedModel {
        let file = try ModelFile(path: Self.folder + "catboost/1.2.10/" + name)
        return try CatBoostImporter().importModel(file, options: ImportOptions())
    }

    @Test(arguments: ["binary.json", "binary.cbm", "binary.pickle", "depthwise.json"])
    func `every format is recognised`(name: String) throws {
        #expect(try CatBoostImporter().recognises(ModelFile(path: Self.folder + "catboost/1.2.10/" + name)))
    }

    @Test(arguments: ["bad/other.json", "bad/text.bin", "xgboost/3.2.0/binary.ubj", "catboost/1.2.10/scaled.joblib"])
    func `what is not from CatBoost is not recognised`(name: String) throws {
        #expect(try !CatBoostImporter().recognises(ModelFile(path: Self.folder + name)))
    }

    @Test func `columns become inputs where there are categories`() throws {
        let inputs = try imported("counts.json").model.graph.inputs
        #expect(
            inputs.map { "\($0.name): \($0.type?.description ?? "")" } == [
                "age: tensor(float)[batch, 1]", "colour: tensor(string)[batch, 1]", "sex: tensor(float)[batch, 1]",
                "visits: tensor(int64)[batch, 1]", "bmi: tensor(float)[batch, 1]",
            ]
        )
    }

    @Test func `a report names format, class and labels`() throws {
        let report = try imported("multiclass.cbm").report
        #expect(report.format == "cbm")
        #expect(report.estimator.className == "catboost.CatBoostClassifier")
        #expect(report.classLabels == .strings(["no", "peut-être", "yes"]))
    }

    @Test func `loss functions are listed in alphabetical order`() {
        #expect(CatBoostImporter.objectiveNames == CatBoostImporter.objectiveNames.sorted())
        #expect(CatBoostImporter.objectiveNames.contains("Logloss"))
    }
}

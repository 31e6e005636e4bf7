import Diagnostics
import ModelImport
import TestSupport
import Testing
import XGBoostImporter

@Suite struct XGBoostImporterTests {
    @Test func `only what XGBoost saved is recognised`() throws {
        let folder = repositoryRoot + "/Tests/ImportersTests/Fixtures"
        #expect(try XGBoostImporter().recognises(ModelFile(path: folder + "/xgboost/3.2.0/binary.ubj")))
        #expect(try XGBoostImporter().recognises(ModelFile(path: folder + "/xgboost/1.7.6/binary.json")))
        #expect(try XGBoostImporter().recognises(ModelFile(path: folder + "/xgboost/3.2.0/pickled.joblib")))
        #expect(try XGBoostImporter().recognises(ModelFile(path: folder + "/bad/xgboost.deprecated")))
        #expect(try !XGBoostImporter().recognises(ModelFile(path: folder + "/bad/other.json")))
        #expect(try !XGBoostImporter().recognises(ModelFile(path: folder + "/xgboost/3.2.0/scaled.joblib")))
        #expect(try !XGBoostImporter().recognises(ModelFile(path: folder + "/bad/unsupported.joblib")))
    }

    @Test func `a booster of the native interface keeps its feature names, and all trees`() throws {
        let folder = repositoryRoot + "/Tests/ImportersTests/Fixtures"
        let file = try ModelFile(path: folder + "/xgboost/3.2.0/native.ubj")
        let report = try XGBoostImporter().importModel(file, options: ImportOptions()).report
        #expect(report.featureNames?.first == "age")
        #expect(report.frameworkVersion == "3.2.0")
        #expect(report.format == "UBJSON")
        #expect(report.classLabels == nil)
    }

    @Test func `double precision is not supported, as XGBoost has none`() throws {
        var options = ImportOptions()
        options.usesDoublePrecision = true
        let folder = repositoryRoot + "/Tests/ImportersTests/Fixtures"
        let file = try ModelFile(path: folder + "/xgboost/3.2.0/native.ubj")
        let error = #expect(throws: ModelImportError.self) {
            try XGBoostImporter().importModel(file, options: options)
        }
        #expect(error?.message == "double precision is not supported for XGBoost, which computes with single")
    }

    @Test func `objectives are listed in alphabetical order`() {
        #expect(XGBoostImporter.objectiveNames == XGBoostImporter.objectiveNames.sorted())
        #expect(XGBoostImporter.objectiveNames.contains("binary:logistic"))
    }
}

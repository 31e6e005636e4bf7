import CatBoostImporter
import Diagnostics
import Importers
import LightGBMImporter
import ModelImport
import OnnxBuilder
import OnnxIR
import OnnxProtobuf
import ScikitLearnImporter
import Tensors
import TestSupport
import Testing
import XGBoostImporter

/// What an exported model says of itself.
@Suite struct ExportedModelTests {
    @Test func `the metadata say where the model came from`() throws {
        let imported = try importModel(path: fixturePath("scikit-learn/1.9.1/frame.none.joblib"))
        let metadata = Dictionary(uniqueKeysWithValues: imported.model.metadata.map { ($0.key, $0.value) })
        #expect(metadata["framework"] == "scikit-learn")
        #expect(metadata["framework_version"] == "1.9.1")
        #expect(metadata["class_labels"] == "[0,1,2]")
        #expect(
            metadata["feature_names"]
                == #"["sepal length (cm)","sepal width (cm)","petal length (cm)","petal width (cm)"]"#
        )
        #expect(metadata["source_sha256"]?.count == 64)
        #expect(imported.model.producerName == "mlpack")
        #expect(imported.model.docString == "Pipeline(StandardScaler, LogisticRegression) of scikit-learn 1.9.1")
    }

    @Test func `inputs and outputs have a batch dimension`() throws {
        let graph = try importModel(path: fixturePath("scikit-learn/1.9.1/string_labels.none.joblib")).model.graph
        let values = (graph.inputs + graph.outputs).map { "\($0.name): \($0.type?.description ?? "")" }
        #expect(
            values == [
                "X: tensor(float)[batch, 4]", "label: tensor(string)[batch]",
                "probabilities: tensor(float)[batch, 3]",
            ]
        )
    }

    @Test(arguments: ["scikit-learn/1.9.1/string_labels.none.joblib", "xgboost/3.2.0/multiclass.json"])
    func `a ZipMap is added on demand`(name: String) throws {
        var options = ImportOptions()
        options.usesZipMap = true
        let model = try importModel(path: fixturePath(name), options: options).model
        #expect(model.graph.nodes.last?.opType == "ZipMap")
        #expect(model.opsetVersion(of: .onnxML) == 3)
    }

    @Test func `a ZipMap over booleans is not supported`() {
        var options = ImportOptions()
        options.usesZipMap = true
        let path = fixturePath("scikit-learn/1.9.1/bool_labels.none.joblib")
        let error = #expect(throws: ModelImportError.self) { try importModel(path: path, options: options) }
        #expect(
            error?.message
                == "ZipMap over class labels of type `bool` is not supported, expected integers or strings"
        )
    }

    @Test(arguments: [(13, 7, 2), (17, 8, 3), (22, 10, 3)] as [(Int64, Int64, Int64)])
    func `an opset decides the versions beside it`(onnx: Int64, irVersion: Int64, onnxML: Int64) throws {
        let choice = try #require(OpsetChoice(onnx: onnx))
        #expect(choice.irVersion(usesML: true) == irVersion && choice.onnxML == onnxML)
        #expect(OpsetChoice(onnx: 12) == nil && OpsetChoice(onnx: 23) == nil && OpsetChoice(onnx: 17, onnxML: 6) == nil)
    }

    @Test func `each importer lists what it reads`() {
        for importer in importers {
            let listed = ListedEstimator.all.filter { $0.framework == importer.framework }
            #expect(listed.count > 10, "\(importer.framework)")
            #expect(listed.map(\.name) == listed.map(\.name).sorted())
        }
    }

    @Test(arguments: ["binary", "counts_numbers", "depthwise", "lossguide_classes", "one_hot_numbers", "targets"])
    func `every format of a CatBoost model gives the same graph`(name: String) throws {
        func graph(_ form: String) throws -> [UInt8] {
            var model = try importModel(path: fixturePath("catboost/1.2.10/\(name).\(form)")).model
            model.metadata = []
            return try serialize(model)
        }
        #expect(try graph("json") == graph("cbm"))
    }

    @Test(arguments: ["binary", "categories", "linear", "multiclass", "zero_as_missing"])
    func `every format of a LightGBM model gives the same graph`(name: String) throws {
        func graph(_ form: String) throws -> [UInt8] {
            var model = try importModel(path: fixturePath("lightgbm/4.7.0/\(name).\(form)")).model
            model.metadata = []
            return try serialize(model)
        }
        #expect(try graph("txt") == graph("json"))
    }

    @Test(arguments: ["linear", "partition", "targets", "vectors"])
    func `every format of an XGBoost model gives the same graph`(name: String) throws {
        func graph(_ form: String) throws -> [UInt8] {
            var model = try importModel(path: fixturePath("xgboost/3.2.0/\(name).\(form)")).model
            model.metadata = []
            return try serialize(model)
        }
        #expect(try graph("json") == graph("ubj"))
    }
}

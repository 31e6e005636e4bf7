import Foundation
import Importers
import InferenceEngine
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors
import TestSupport
import Testing

/// Each model predicts what its own framework recorded: labels exactly, numbers within a tolerance.
@Suite struct RecordedPredictionTests {
    static let catBoost = recordedFiles(in: ["catboost/1.2", "catboost/1.2.10"])
    static let lightGBM = recordedFiles(in: ["lightgbm/3.3.5", "lightgbm/4.7.0"])
    static let scikitLearn = recordedFiles(
        in: [
            "0.24.2/families", "1.0.2/families", "1.1.3", "1.1.3/families", "1.1.3/text", "1.9.1", "1.9.1/families",
            "1.9.1/text",
        ].map { "scikit-learn/\($0)" }
    )
    static let xgboost = recordedFiles(in: ["xgboost/1.7.6", "xgboost/3.2.0"])

    @Test(arguments: catBoost)
    func `a model predicts what CatBoost recorded`(file: RecordedFile) throws {
        try compare(file, tolerance: 1e-6)
    }

    @Test(arguments: lightGBM)
    func `a model predicts what LightGBM recorded`(file: RecordedFile) throws {
        try compare(file, tolerance: 1e-6)
    }

    @Test(arguments: scikitLearn)
    func `a model predicts what scikit-learn recorded`(file: RecordedFile) throws {
        try compare(file, tolerance: 1e-6)
    }

    @Test(arguments: xgboost)
    func `a model predicts what XGBoost recorded`(file: RecordedFile) throws {
        try compare(file, tolerance: 1e-5)
    }

    /// The files whose models have trees, of the newest versions.
    static let trees =
        (catBoost + lightGBM + xgboost).filter { file in
            ["catboost/1.2.10", "lightgbm/4.7.0", "xgboost/3.2.0"].contains(file.folder)
        }
        + scikitLearn.filter { file in
            file.folder.contains("1.9.1") && ["Tree", "Forest", "Boosting"].contains { file.name.contains($0) }
        }

    @Test(arguments: trees)
    func `a model with ai.onnx.ml 5 predicts what its framework recorded`(file: RecordedFile) throws {
        try compare(file, tolerance: 1e-5, onnxML: 5)
    }

    @Test(arguments: catBoost + lightGBM + scikitLearn + xgboost)
    func `the same file gives the same model`(file: RecordedFile) throws {
        let first = try importModel(path: file.path)
        let second = try importModel(path: file.path)
        #expect(try serialized(first) == serialized(second))
    }

    /// The methods that gave what was recorded under these names.
    private func methods(_ names: [String]) -> [ModelOutput] {
        ModelOutput.allCases.filter { output in
            names.contains { name in
                name == output.outputName || name.hasPrefix("\(output.outputName)_")
                    || (output == .predict && name == "label")
            }
        }
    }

    private func difference(_ value: Double, _ expected: Double) -> Double {
        value == expected || (value.isNaN && expected.isNaN) ? 0 : abs(value - expected) / max(1, abs(expected))
    }

    private func compare(_ file: RecordedFile, tolerance: Double, onnxML: Int64 = 3) throws {
        let recorded = try file.recorded()
        var options = ImportOptions()
        options.opsets = try #require(OpsetChoice(onnx: 17, onnxML: onnxML))
        if file.folder.hasPrefix("scikit-learn") { options.outputs = methods(recorded.map(\.name)) }
        let model = try importModel(path: file.path, options: options).model
        let inputs = Set(model.graph.inputs.map(\.name))
        let expected = recorded.filter { methods([$0.name]) != [] }
        let session = try InferenceSession(model)
        let given = recorded.filter { inputs.contains($0.name) }.map { ($0.name, Value.tensor($0.tensor)) }
        let outputs = try session.run(Dictionary(uniqueKeysWithValues: given))
        #expect(Set(outputs.keys) == Set(expected.map(\.name)))
        for (name, tensor) in expected {
            let output = try #require(outputs[name]?.tensor)
            #expect(output.shape == tensor.shape, "\(name)")
            if let strings = tensor.strings {
                #expect(output.strings == strings, "\(name)")
                continue
            }
            let limit = name == "label" ? 0 : tolerance
            let differences = zip(try doubles(output), try doubles(tensor)).map { difference($0, $1) }
            #expect((differences.max() ?? 0) <= limit, "\(name)")
        }
    }
}

import Foundation
import Importers
import InferenceEngine
import ModelFormats
import ModelImport
import OnnxIR
import Tensors
import TestSupport
import Testing

/// Each model predicts what its own framework recorded: labels exactly, numbers within a tolerance.
@Suite struct RecordedPredictionTests {
    static let catBoost = recordedFiles(in: ["catboost/1.2", "catboost/1.2.10"])
    static let lightGBM = recordedFiles(in: ["lightgbm/3.3.5", "lightgbm/4.7.0"])
    static let scikitLearn = recordedFiles(in: ["scikit-learn/1.1.3", "scikit-learn/1.9.1"])
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

    @Test(arguments: catBoost + lightGBM + scikitLearn + xgboost)
    func `the same file gives the same model`(file: RecordedFile) throws {
        let first = try importModel(path: file.path)
        let second = try importModel(path: file.path)
        #expect(try serialized(first) == serialized(second))
    }

    private func compare(_ file: RecordedFile, tolerance: Double) throws {
        let model = try importModel(path: file.path).model
        let recorded = try file.recorded()
        let inputNames = Set(model.graph.inputs.map(\.name))
        let inputs = recorded.filter { inputNames.contains($0.name) }
        let expected = recorded.filter { !inputNames.contains($0.name) }
        let session = try InferenceSession(model)
        let outputs = try session.run(
            Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, .tensor($0.tensor)) })
        )
        #expect(Set(outputs.keys) == Set(expected.map(\.name)))
        for (name, tensor) in expected {
            let output = try #require(outputs[name]?.tensor)
            #expect(output.shape == tensor.shape, "\(name)")
            if let strings = tensor.strings {
                #expect(output.strings == strings, "\(name)")
                continue
            }
            let limit = name == "label" ? 0 : tolerance
            let differences = zip(try doubles(output), try doubles(tensor)).map { abs($0 - $1) / max(1, abs($1)) }
            #expect((differences.max() ?? 0) <= limit, "\(name)")
        }
    }
}

import Diagnostics
import Importers
import ModelImport
import OnnxProtobuf
import TestSupport
import Testing

/// Files that were cut or changed give a model or an error, and never a trap.
@Suite struct DamagedFileTests {
    static let files = [
        "catboost/1.2.10/multiclass.joblib", "lightgbm/4.7.0/labels.joblib", "xgboost/3.2.0/pickled.pickle",
        "scikit-learn/1.9.1/pipeline.none.joblib", "scikit-learn/1.9.1/pipeline.zlib.joblib",
        "scikit-learn/1.9.1/pipeline.protocol0.pickle", "scikit-learn/1.9.1/string_labels.protocol2.pickle",
        "scikit-learn/1.9.1/DecisionTreeClassifier.zlib.joblib", "scikit-learn/1.1.3/pipeline.protocol5.pickle",
    ]

    @Test(arguments: files)
    func `a file cut at every third byte is an error`(name: String) throws {
        let bytes = try fixture(name)
        let folder = try TemporaryFolder()
        let path = folder.file("model")
        for count in stride(from: 0, to: bytes.count, by: 3) {
            try write(Array(bytes[..<count]), to: path)
            #expect(throws: (any Error).self) { try importModel(path: path) }
        }
    }

    @Test(
        arguments: [
            "catboost/1.2.10/counts_numbers.cbm", "catboost/1.2.10/depthwise.cbm",
            "catboost/1.2.10/one_hot_numbers.json", "lightgbm/4.7.0/categories.json", "lightgbm/4.7.0/categories.txt",
            "lightgbm/4.7.0/linear.txt",
            "xgboost/3.2.0/multiclass.ubj", "xgboost/3.2.0/native.json", "xgboost/3.2.0/partition.ubj",
        ]
    )
    func `a booster cut at two thousand places is invalid`(name: String) throws {
        let bytes = try fixture(name)
        // What stands behind the trees of a text is no part of the model, and spaces behind a document are none of it.
        let last = try #require(bytes.lastIndex { $0 != 0x0A })
        let end: Int = bytes.firstRange(of: Array("end of trees".utf8))?.upperBound ?? last
        for count in stride(from: 8, to: end, by: 1 + end / 2000) {
            let error = #expect(throws: ModelImportError.self) {
                let file = try ModelFile(Array(bytes[..<count]), path: name)
                let importer = try #require(importers.first { $0.recognises(file) })
                return try importer.importModel(file, options: ImportOptions())
            }
            #expect(error?.code.kind == .invalid, "\(count) bytes: \(error?.message ?? "")")
        }
    }

    @Test(
        arguments: files + [
            "catboost/1.2.10/counts.json", "catboost/1.2.10/counts_numbers.cbm", "catboost/1.2.10/depthwise.cbm",
            "catboost/1.2.10/one_hot_numbers.cbm", "lightgbm/4.7.0/categories.json", "lightgbm/4.7.0/categories.txt",
            "lightgbm/4.7.0/linear.txt",
            "xgboost/3.2.0/multiclass.ubj", "xgboost/3.2.0/native.json", "xgboost/3.2.0/partition.ubj",
            "xgboost/3.2.0/vectors.ubj", "xgboost/1.7.6/dart.ubj",
        ]
    )
    func `a damaged file gives a model that can be written, or an error`(name: String) throws {
        let bytes = try fixture(name)
        let folder = try TemporaryFolder()
        let path = folder.file("model")
        var random = SeededRandom(seed: 11)
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try write(damaged, to: path)
            guard let imported = try? importModel(path: path) else { continue }
            _ = try? serialize(imported.model)
        }
    }
}

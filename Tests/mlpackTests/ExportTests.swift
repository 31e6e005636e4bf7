import Foundation
import TestSupport
import Testing

@Suite struct ExportTests {
    private let folder: TemporaryFolder
    private let fixtures = repositoryRoot + "/Tests/ImportersTests/Fixtures/bad"

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [
        ("empty.bin", 1, "the file is empty"),
        ("bomb.pickle", 1, "stream `bzip2`: the data grows too large, expected at most 67108864 bytes"),
        (
            "scale.joblib", 1,
            "step `scaler` (sklearn.preprocessing.StandardScaler): `scale_` has 3 elements, expected 4 from `n_features_in_`"
        ),
        (
            "unsupported_step.joblib", 3,
            "step `classifier` (sklearn.manifold.SpectralEmbedding): "
                + "estimator `sklearn.manifold.SpectralEmbedding` is not supported"
        ),
        ("system.pickle", 3, "the pickle names `os.system`, which no supported model holds"),
    ])
    func `what cannot be exported is named, and no file is written`(name: String, status: Int32, text: String) throws {
        let model = "\(fixtures)/\(name)"
        let result = try runExecutable("mlpack", ["export", "--onnx", model, "-o", "m.onnx"], folder: folder.path)
        #expect(result.status == status)
        #expect(result.output == "")
        #expect(result.errors.split(separator: "\n").first.map(String.init) == "error: `\(model)`: \(text)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `two exports of a model are the same bytes`() throws {
        let model = repositoryRoot + "/Examples/quickstart/fixtures/iris.joblib"
        for name in ["a.onnx", "b.onnx"] {
            let result = try runExecutable("mlpack", ["export", "--onnx", model, "-o", name], folder: folder.path)
            #expect(result.status == 0)
            #expect(result.output == "")
        }
        let files = try ["a.onnx", "b.onnx"].map { try Data(contentsOf: URL(fileURLWithPath: folder.file($0))) }
        #expect(files[0] == files[1] && !files[0].isEmpty)
    }

    @Test func `the report names the source and the framework`() throws {
        let model = repositoryRoot + "/Examples/quickstart/fixtures/iris.joblib"
        let arguments = ["export", "--onnx", model, "-o", "m.onnx", "--json"]
        let result = try runExecutable("mlpack", arguments, folder: folder.path)
        let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect((report?["report"] as? [String: Any])?["framework"] as? String == "scikit-learn")
        #expect(report?["output"] as? String == "m.onnx")
    }

    @Test func `the opset of ai.onnx.ml is chosen among those that can be written`() throws {
        let model = repositoryRoot + "/Tests/ImportersTests/Fixtures/lightgbm/4.7.0/binary.txt"
        func export(_ version: String) throws -> CommandResult {
            let arguments = ["export", "--onnx", model, "-o", "m.onnx", "--json", "--ml-opset", version]
            return try runExecutable("mlpack", arguments, folder: folder.path)
        }
        let report = try JSONSerialization.jsonObject(with: Data(try export("5").output.utf8)) as? [String: Any]
        #expect((report?["opsets"] as? [String: Int])?["ai.onnx.ml"] == 5)
        let refused = try export("6")
        #expect(refused.status == 2)
        #expect(refused.errors.hasPrefix("error: opset 6 of ai.onnx.ml cannot be written, expected 2 to 5\n"))
    }
}

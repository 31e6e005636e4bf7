import Foundation
import TestSupport
import Testing

/// Rows that `mlpack export` runs the model on; the numbers are scikit-learn's.
@Suite struct VerificationTests {
    private let folder: TemporaryFolder
    private let fixtures = repositoryRoot + "/Tests/ImportersTests/Fixtures/mlflow"

    init() throws { folder = try TemporaryFolder() }

    private func export(_ model: String, _ arguments: String...) throws -> CommandResult {
        let all = ["export", "--onnx", "\(fixtures)/\(model)", "-o", "m.onnx"] + arguments
        return try runExecutable("mlpack", all, folder: folder.path)
    }

    @Test func `columns are taken by the names of the features`() throws {
        let rows =
            "petal width (cm),petal length (cm),sepal width (cm),sepal length (cm),species\n0.2,1.4,3.5,5.1,setosa\n"
        try Data(rows.utf8).write(to: URL(fileURLWithPath: folder.file("rows.csv")))
        let result = try export("frame", "--verify", "rows.csv", "--json")
        let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let outputs = report?["verification"] as? [String: Any]
        #expect(outputs?["label"] as? [Int] == [0])
        let probabilities = try #require((outputs?["probabilities"] as? [[Double]])?.first)
        for (value, expected) in zip(probabilities, [9.84703167e-01, 1.52967711e-02, 6.20377714e-08]) {
            #expect(abs(value - expected) < 1e-6)
        }
    }

    @Test(arguments: ["frame", "tensor"]) func `the example of a directory is run`(model: String) throws {
        let result = try export(model, "--verify-example")
        #expect(result.status == 0)
        #expect(result.output.split(separator: "\n").dropFirst().map { $0.first } == ["0", "1", "2"])
    }

    @Test func `without an example there is nothing to run, and nothing is written`() throws {
        let result = try export("booster", "--verify-example")
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: `--verify-example` needs a model directory of MLflow with an example"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}

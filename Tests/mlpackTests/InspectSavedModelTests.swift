import Foundation
import TestSupport
import Testing

@Suite struct InspectSavedModelTests {
    private let fixtures = repositoryRoot + "/Tests/ImportersTests/Fixtures"

    @Test func `a saved model is told as text and as JSON`() throws {
        let model = "\(fixtures)/skops/support.pickle"
        let text = try runExecutable("mlpack", ["inspect", model])
        #expect(text.status == 0 && text.errors == "")
        #expect(text.output.hasPrefix("`\(model)`: pickle, scikit-learn\nsklearn.svm._classes.SVC\n"))
        let json = try runExecutable("mlpack", ["inspect", "--json", model])
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((document?["model"] as? [String: Any])?["class"] as? String == "sklearn.svm._classes.SVC")
    }

    @Test(arguments: [
        ("skops/columns.pickle", 0), ("skops/columns.skops", 0), ("skops/foreign.skops", 1), ("bad/system.pickle", 1),
        ("bad/empty.bin", 1), ("xgboost/3.2.0/native.json", 0),
    ])
    func `the exit code says whether all names are known`(name: String, status: Int32) throws {
        let result = try runExecutable("mlpack", ["inspect", "--security", "\(fixtures)/\(name)"])
        #expect(result.status == status)
    }

    @Test func `a file of no known format is said to be one`() throws {
        let result = try runExecutable("mlpack", ["inspect", "README.md"], folder: repositoryRoot)
        #expect(result.status == 3)
        #expect(result.errors.hasPrefix("error: `README.md`: the content is of no known format\n"))
    }

    @Test func `security excludes what is about ONNX models`() throws {
        let result = try runExecutable("mlpack", ["inspect", "--security", "--shapes", "m.onnx"])
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: `--security` excludes `--shapes` and `--plan`"))
    }
}

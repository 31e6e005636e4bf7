import Diagnostics
import Foundation
import ModelImport
import TestSupport
import Testing

@Suite struct ModelFileTests {
    @Test(arguments: [
        ("{\"a\": 1}", "JSON"), ("{}", "JSON"), ("{\n}", "JSON"), ("{i\u{1}aZ}", "UBJSON"),
        ("(lp0\nI1\na.", "pickle"), ("cmodule\nname\n.", "pickle"),
    ])
    func `the content decides the format`(content: String, format: String) throws {
        let folder = try TemporaryFolder()
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder.file("model.bin")))
        #expect(try ModelFile(path: folder.file("model.bin")).content.formatName == format)
    }

    @Test func `a file above the limit is refused`() throws {
        let folder = try TemporaryFolder()
        try Data(count: 100).write(to: URL(fileURLWithPath: folder.file("model.bin")))
        var limits = ModelImportLimits.default
        limits.fileByteCount = 99
        let error = #expect(throws: ModelImportError.self) {
            try ModelFile(path: folder.file("model.bin"), limits: limits)
        }
        #expect(
            error?.description
                == "`\(folder.file("model.bin"))`: the file is too large, expected at most 99 bytes"
        )
    }

    @Test func `a summary names a tree of estimators shortly`() {
        let summary = EstimatorSummary(
            className: "sklearn.pipeline.Pipeline",
            children: [
                EstimatorSummary(name: "scaler", className: "sklearn.preprocessing.StandardScaler"),
                EstimatorSummary(name: "last", className: "sklearn.linear_model.Ridge"),
            ]
        )
        #expect(summary.text == "Pipeline(StandardScaler, Ridge)")
    }
}

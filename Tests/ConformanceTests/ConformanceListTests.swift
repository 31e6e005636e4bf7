import Foundation
import Conformance
import Diagnostics
import InferenceEngine
import TestSupport
import Testing

@Suite struct ConformanceListTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func list(_ text: String) throws -> ConformanceList {
        let path = folder.file("list.txt")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try ConformanceList(path: path)
    }

    private let report = ConformanceReport(
        passed: ["test_a", "test_b"],
        failures: [ConformanceReport.Failure(name: "test_c", reason: "no")]
    )

    @Test func `a run that passes what is listed is fine, and only a partial one may leave listed cases out`() throws {
        try list("# comment\ntest_a\ntest_b\n").check(report)
        let more = try list("test_a\ntest_b\ntest_elsewhere\n")
        #expect(more.names == ["test_a", "test_b", "test_elsewhere"])
        try more.check(report, isPartial: true)
        let absent = #expect(throws: ConformanceError.self) { try more.check(self.report) }
        #expect(absent?.description == "1 listed cases are not in the folder: `test_elsewhere`")
    }

    @Test func `a listed case that fails, and one that passes unlisted, are errors`() throws {
        let lost = #expect(throws: ConformanceError.self) {
            try self.list("test_a\ntest_b\ntest_c\n").check(report)
        }
        #expect(lost?.description == "1 listed cases do not pass: `test_c`")
        let gained = #expect(throws: ConformanceError.self) { try self.list("test_a\n").check(report) }
        #expect(gained?.description == "1 cases pass that are not listed: `test_b`")
        #expect(gained?.hint == "`--update-list` adds them")
    }

    @Test func `what passes by chance is neither missed nor listed`() throws {
        let path = folder.file("list.txt")
        let chances = try list("? test_b\n? test_c\n? test_d\ntest_a\n")
        #expect(chances.names == ["test_a"])
        try chances.check(report)
        try chances.adding(report, path: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "? test_b\n? test_c\n? test_d\ntest_a\n")
    }

    @Test func `updating a list adds what passes and takes nothing away`() throws {
        let path = folder.file("list.txt")
        try list("# comment\ntest_c\n").adding(report, path: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "# comment\ntest_a\ntest_b\ntest_c\n")
    }

    @Test func `the last line of a run counts both`() {
        #expect(report.summary == "2 passed, 1 failed")
    }

    @Test func `a folder without cases is named`() throws {
        let path = folder.path
        let error = #expect(throws: ConformanceError.self) { try ConformanceCase.cases(in: path) }
        #expect(error?.description == "`\(path)`: no case is in the folder, expected `*/model.onnx`")
    }
}

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

    @Test func `a run that passes what is listed is fine, whatever else did not run`() throws {
        let list = try list("# comment\ntest_a\ntest_b\ntest_elsewhere\n")
        #expect(list.names == ["test_a", "test_b", "test_elsewhere"])
        try list.check(report, ran: ["test_a", "test_b", "test_c"])
    }

    @Test func `a listed case that fails, and one that passes unlisted, are errors`() throws {
        let ran = ["test_a", "test_b", "test_c"]
        let lost = #expect(throws: ConformanceError.self) {
            try self.list("test_a\ntest_b\ntest_c\n").check(report, ran: ran)
        }
        #expect(lost?.description == "1 listed cases do not pass: `test_c`")
        let gained = #expect(throws: ConformanceError.self) { try self.list("test_a\n").check(report, ran: ran) }
        #expect(gained?.description == "1 cases pass that are not listed: `test_b`")
        #expect(gained?.hint == "`--update-list` adds them")
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

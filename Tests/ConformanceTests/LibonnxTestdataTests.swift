import Conformance
import Foundation
import InferenceEngine
import TestSupport
import Testing

/// The node cases that Debian's package `libonnx-testdata` installs.
private let nodeCases = "/usr/lib/python3/dist-packages/onnx/backend/test/data/node"

@Suite(.enabled(if: FileManager.default.fileExists(atPath: nodeCases)))
struct LibonnxTestdataTests {
    @Test(arguments: [InferenceOptions.default, .reference])
    func `every listed case of ONNX passes, and every case that passes is listed`(options: InferenceOptions)
        async throws
    {
        let cases = try ConformanceCase.cases(in: nodeCases)
        let report = await runConformance(cases, options: options, threadCount: 2)
        let list = try ConformanceList(path: repositoryRoot + "/Tests/Conformance/libonnx-testdata.txt")
        #expect(report.passed.count + report.failures.count == 932)
        #expect(throws: Never.self) { try list.check(report, ran: cases.map(\.name)) }
    }
}

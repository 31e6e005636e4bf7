import Conformance
import InferenceEngine
import TestSupport
import Testing

@Suite struct TraditionalMLTests {
    @Test(arguments: [InferenceOptions.default, .reference])
    func `operators of ai.onnx.ml give what ONNX Runtime gave`(options: InferenceOptions) async throws {
        let cases = try ConformanceCase.cases(in: fixturePath("ai.onnx.ml"))
        let report = await runConformance(cases, options: options, threadCount: 2)
        #expect(cases.count == 56)
        #expect(report.failures.map { "\($0.name): \($0.reason)" } == [])
    }
}

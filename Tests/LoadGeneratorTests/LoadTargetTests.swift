import Diagnostics
import LoadGenerator
import ServingClient
import ServingCore
import Tensors
import Testing

@Suite struct LoadTargetTests {
    private func call() throws -> InferenceCall {
        let input = NamedTensor(name: "x", tensor: try Tensor([1] as [Float]))
        return InferenceCall(model: "m", inputs: [input], isBinary: true)
    }

    @Test func `encrypted connections are refused by name`() throws {
        let address = try ServerAddress(parsing: "https://localhost:1")
        let error = #expect(throws: LoadError.self) { try LoadTarget(address, call(), ClientOptions()) }
        #expect(error?.code == .unsupported)
    }

    @Test(arguments: ["http://127.0.0.1:1", "grpc://127.0.0.1:1"], [true, false])
    func `a server that is not there is counted, and the run ends`(text: String, isOpen: Bool) throws {
        let target = try LoadTarget(try ServerAddress(parsing: text), call(), ClientOptions())
        let plan = LoadPlan(
            isOpen ? .open(rate: 1000, .fixed) : .closed,
            concurrency: 4,
            connectionCount: 4,
            warmUp: 0,
            duration: 50_000_000,
            timeout: 10_000_000
        )
        let result = LoadRun(target, plan).run()
        #expect(result.latencies.totalCount == 0)
        #expect(result.errorCount == result.requestCount && result.requestCount > 0)
        #expect(Set(result.errors.keys).isSubset(of: ["connection refused", "not sent in time"]))
        if isOpen { #expect(result.requestCount == 50) }
    }
}

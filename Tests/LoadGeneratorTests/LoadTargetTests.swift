import Downloads
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

    @Test(arguments: ["https://localhost:1", "grpcs://127.0.0.1:1"])
    func `a file of certificates that is not there is said before load is made`(text: String) throws {
        let address = try ServerAddress(parsing: text)
        var options = ClientOptions()
        options.certificates.authorities = "/nonexistent/ca.crt"
        #expect {
            try LoadTarget(address, call(), options)
        } throws: {
            "\($0)" == "`/nonexistent/ca.crt`: opening: no such file or directory"
        }
    }

    @Test(
        arguments: ["http://127.0.0.1:1", "grpc://127.0.0.1:1", "https://127.0.0.1:1", "grpcs://127.0.0.1:1"],
        [true, false]
    )
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

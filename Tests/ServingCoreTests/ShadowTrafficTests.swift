import Glibc
import ServingCore
import Tensors
import TestSupport
import Testing

@Suite struct ShadowTrafficTests {
    private func request(_ value: Float) throws -> InferenceRequest {
        InferenceRequest(inputs: [
            NamedTensor(name: "X", tensor: try Tensor([Float](repeating: value, count: 4), shape: Shape([1, 4])))
        ])
    }

    private func answer(_ model: ServedModel, _ request: InferenceRequest) throws {
        _ = try model.answer(waited: 0) { () throws(ServingError) in
            ((), request)
        } write: { _, _ throws(ServingError) in
        }
    }

    @Test func `a share of the requests is computed twice and compared`() throws {
        let manifest = try ModelManifest(Array("default-version: 1\nshadow: {version: 2, percent: 25}".utf8))
        let folder = try VersionFolder(["1", "2"], manifest: "default-version: 1\nshadow: {version: 2, percent: 25}")
        let repository = try ModelCatalog(paths: [folder.path]).repository
        #expect(manifest.shadow?.share == 2500)
        let model = try repository.model("m")
        for value in 0..<40 { try answer(model, request(Float(value))) }
        let shadow = try #require(repository.shadows.first?.shadow)
        while shadow.counted.equal + shadow.counted.different + shadow.counted.failed + shadow.counted.dropped < 10 {
            sched_yield()
        }
        #expect(shadow.counted.equal == 10)
        #expect(shadow.target.version == "2")
        #expect(shadow.target.statistics.snapshot.executionCount == 0, "its runs are nobody's requests")
    }

    @Test func `a request that a shadow cannot compute fails there alone`() throws {
        let folder = try VersionFolder(["1"], manifest: "default-version: 1\nshadow: {version: 2}")
        try folder.add("2", "echo_FP32")
        let repository = try ModelCatalog(paths: [folder.path]).repository
        try answer(try repository.model("m"), request(1))
        let shadow = try #require(repository.shadows.first?.shadow)
        while shadow.counted == ShadowTraffic.Counts() { sched_yield() }
        #expect(shadow.counted.equal == 0)
    }
}

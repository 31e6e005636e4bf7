import ServingCore
import TestSupport
import Testing

@Suite struct ServedVersionsTests {
    private func repository(_ manifest: String, versions: [String] = ["1", "2", "3"]) throws -> ModelRepository {
        let models = try versions.map { version in
            try ServedModel.load(path: fixturePath("models/linear.onnx"), name: "m", version: version)
        }
        return try ModelRepository(models, manifests: ["m": try ModelManifest(Array(manifest.utf8))])
    }

    private func answering(_ repository: ModelRepository, _ fields: [String: String] = [:]) throws -> String {
        try repository.model("m", version: nil) { fields[$0] }.version
    }

    @Test func `labels and the default version stand for versions`() throws {
        let repository = try repository("labels: {stable: 2, canary: [4, 3], next: 9}\ndefault-version: stable")
        #expect(try repository.model("m").version == "2")
        #expect(try repository.model("m", version: "canary").version == "3")
        #expect(try answering(repository) == "2")
        #expect {
            try repository.model("m", version: "next")
        } throws: {
            "\($0)" == "model `m`: version `next` is not served, expected `1`, `2`, `3`, `canary`, `stable`"
        }
    }

    @Test func `every round of requests has the exact shares`() throws {
        let repository = try repository("traffic: {weights: {1: 70, 2: 25, 3: 5}}")
        for _ in 0..<3 {
            let counts = try (0..<20).reduce(into: [:]) { counts, _ in
                counts[try answering(repository), default: 0] += 1
            }
            #expect(counts == ["1": 14, "2": 5, "3": 1])
        }
    }

    @Test func `a header pins the version, and a version in the path comes before it`() throws {
        let repository = try repository("labels: {old: 1}\ntraffic: {weights: {3: 1}}")
        #expect(try answering(repository, ["x-model-version": "2"]) == "2")
        #expect(try answering(repository, ["x-model-version": "old"]) == "1")
        #expect(throws: ServingError.self) { try answering(repository, ["x-model-version": "7"]) }
        #expect(try repository.model("m", version: "2") { _ in "1" }.version == "2")
    }

    @Test func `a client stays with its version, and few move when the weights change`() throws {
        let before = try repository("traffic: {weights: {1: 90, 2: 10}, sticky-header: x-user}")
        let after = try repository("traffic: {weights: {1: 80, 2: 20}, sticky-header: x-user}")
        let users = (0..<10_000).map { "user-\($0)" }
        let first = try users.map { try answering(before, ["x-user": $0]) }
        #expect(try users.map { try answering(before, ["x-user": $0]) } == first)
        let second = try users.map { try answering(after, ["x-user": $0]) }
        #expect((900...1100).contains(first.count { $0 == "2" }))
        #expect((1850...2150).contains(second.count { $0 == "2" }))
        #expect(zip(first, second).allSatisfy { $0 != "2" || $1 == "2" }, "nobody leaves the version that gained")
    }

    @Test(arguments: ["default-version: 4", "traffic: {weights: {4: 1}}", "shadow: {version: 4}"])
    func `a version that is not there is refused`(manifest: String) {
        #expect {
            try repository(manifest)
        } throws: {
            "\($0)".hasPrefix("model `m`: `") && "\($0)".hasSuffix("expected `1`, `2`, `3` or a label of one of them")
        }
    }
}

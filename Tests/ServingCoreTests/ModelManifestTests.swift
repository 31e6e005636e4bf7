import Diagnostics
import ServingCore
import Testing
import YAML

@Suite struct ModelManifestTests {
    @Test func `everything that can be said is read`() throws {
        let text = """
            schema: mlpack.dev/model/v1
            versions: {latest: 3}
            default-version: stable
            labels:
              stable: 3
              canary: [5, 4]
            traffic:
              weights: {stable: 9, canary: 1}
              pin-header: X-Version
              sticky-header: X-User
            shadow: {version: canary, percent: 12.5, tolerance: 0.001}
            batching: {max-rows: 32, preferred-rows: [8, 32], max-delay: 500us}
            instances: 2
            priorities: {levels: 3}
            limits: {rows: 100, queue: 10, timeout: 2s, memory: 64MiB, trips: 1000}
            warm-up:
              - runs: 3
                inputs:
                  x: {shape: [1, 2], values: [1.5, -2]}
                  y: {file: samples/y.bin}
            classes: [cat, dog]
            """
        let manifest = try ModelManifest(Array(text.utf8), folder: "/m")
        #expect(manifest.versions == .latest(3))
        #expect(manifest.defaultVersion == "stable")
        #expect(manifest.labels.map(\.name) == ["stable", "canary"])
        #expect(manifest.labels.map(\.versions) == [["3"], ["5", "4"]])
        #expect(manifest.traffic?.weights.map(\.weight) == [9, 1])
        #expect(manifest.traffic?.pinHeader == "x-version")
        #expect(manifest.traffic?.stickyHeader == "x-user")
        #expect(manifest.shadow?.share == 1250)
        #expect(manifest.shadow?.tolerance == 0.001)
        let settings = manifest.settings
        #expect(settings.batching?.preferredRows == [8, 32])
        #expect(settings.batching?.maximumDelay == 500_000)
        #expect(settings.instanceCount == 2)
        #expect(settings.priorities == ModelSettings.Priorities(levelCount: 3, defaultLevel: 2))
        #expect(settings.maximumQueue == 10)
        #expect(settings.limits.rowCount == 100)
        #expect(settings.limits.timeout == 2_000_000_000)
        #expect(settings.limits.memoryByteCount == 64 << 20)
        #expect(settings.limits.tripCount == 1000)
        #expect(settings.warmUps.first?.runCount == 3)
        #expect(settings.warmUps.first?.inputs["x"]?.content == .values(["1.5", "-2"]))
        #expect(settings.warmUps.first?.inputs["y"]?.content == .file("/m/samples/y.bin"))
        #expect(settings.classNames.all == ["cat", "dog"])
    }

    @Test func `an empty mapping says nothing`() throws {
        #expect(try ModelManifest(Array("{}".utf8)) == ModelManifest())
    }

    @Test(arguments: [
        ("version: 1", "1:1"),
        ("schema: mlpack.dev/model/v2", "1:9"),
        ("versions: some", "1:11"),
        ("versions: []", "1:11"),
        ("versions: {latest: 0}", "1:20"),
        ("versions: [01]", "1:12"),
        ("labels: {1x: 1}", "1:10"),
        ("labels: {a: b}", "1:13"),
        ("default-version: stable", "1:18"),
        ("traffic: {weights: {1: 0}}", "1:20"),
        ("traffic: {weights: {1: 10001}}", "1:24"),
        ("traffic: {weights: {1: 10000, 2: 1}}", "1:20"),
        ("traffic: {sticky-header: 'a b'}", "1:26"),
        ("shadow: {percent: 1}", "1:9"),
        ("shadow: {version: 1, percent: 101}", "1:31"),
        ("shadow: {version: 1, percent: 1.234}", "1:31"),
        ("shadow: {version: 1, tolerance: nan}", "1:33"),
        ("batching: {max-rows: 0}", "1:22"),
        ("batching: {max-rows: 4, preferred-rows: [8]}", "1:42"),
        ("batching: {preferred-rows: [8, 4]}", "1:28"),
        ("batching: {max-delay: 5}", "1:23"),
        ("batching: {max-delay: 2000000s}", "1:23"),
        ("instances: 0", "1:12"),
        ("limits: {timeout: 0ms}", "1:19"),
        ("limits: {memory: 1kB}", "1:18"),
        ("priorities: {levels: 2, default: 3}", "1:34"),
        ("warm-up: [{inputs: {x: {values: [1], file: a}}}]", "1:44"),
        ("warm-up: [{inputs: {x: {file: ../a}}}]", "1:31"),
        ("warm-up: [{inputs: {x: {file: /a}}}]", "1:31"),
        ("classes: missing.txt", "1:10"),
    ])
    func `what is wrong is named at its place`(text: String, place: String) {
        #expect {
            try ModelManifest(Array(text.utf8), folder: "/nowhere")
        } throws: {
            "\($0)".contains(":" + place) || "\($0)".contains(place)
        }
    }
}

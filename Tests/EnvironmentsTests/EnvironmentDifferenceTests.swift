import ContentStore
import Environments
import Testing

@Suite struct EnvironmentDifferenceTests {
    private func package(_ name: String, _ version: String, build: UInt8 = 1) -> EnvironmentLock.Package {
        EnvironmentLock.Package(
            name: name,
            version: version,
            architecture: "all",
            archive: "Debian",
            suite: "bookworm",
            path: "pool/\(name).deb",
            digest: Digest(of: Array("\(name) \(version) \(build)".utf8)),
            byteCount: 1,
            source: name,
            requires: [],
            skippedScripts: []
        )
    }

    private func lock(_ packages: [EnvironmentLock.Package]) -> EnvironmentLock {
        EnvironmentLock(
            manifest: Digest(of: []),
            platforms: [EnvironmentLock.Platform(architecture: "amd64", packages: packages)]
        )
    }

    @Test func `what came, went and changed is named`() {
        let old = lock([package("a", "1"), package("b", "1"), package("c", "1"), package("d", "1")])
        let new = lock([package("a", "1"), package("b", "2"), package("c", "1", build: 2), package("e", "1")])
        let changes = EnvironmentDifference(from: old, to: new).changes
        #expect(changes.map(\.name) == ["b", "c", "d", "e"])
        #expect(changes.map(\.old) == ["1", "1", "1", nil])
        #expect(changes.map(\.new) == ["2", "1", nil, "1"])
        #expect(changes.map(\.isRebuilt) == [false, true, false, false])
        #expect(EnvironmentDifference(from: old, to: old).changes.isEmpty)
    }
}

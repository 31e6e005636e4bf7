import ContentStore
import Diagnostics
import Environments
import Foundation
import PythonPackages
import TestSupport
import Testing

@Suite struct EnvironmentLockTests {
    private func lock(
        path: String = "pool/a.deb",
        architecture: String = "all",
        requires: [String] = [],
        byteCount: Int = 1,
        file: String = "numpy-2.4.6-py3-none-any.whl"
    ) -> EnvironmentLock {
        let package = EnvironmentLock.Package(
            name: "ca-certificates",
            version: "1",
            architecture: architecture,
            archive: "Debian",
            suite: "bookworm",
            path: path,
            digest: Digest(of: [1]),
            byteCount: byteCount,
            source: "ca-certificates",
            requires: requires,
            skippedScripts: ["postinst"]
        )
        let wheel = LockedWheel(
            name: "numpy",
            version: "2.4.6",
            file: file,
            digest: Digest(of: [2]),
            byteCount: 2,
            requires: []
        )
        return EnvironmentLock(
            manifest: Digest(of: []),
            files: [.init(source: "score.py", digest: Digest(of: [3]))],
            platforms: [.init(architecture: "amd64", packages: [package], wheels: [wheel])]
        )
    }

    @Test func `a lock is read as it was written`() throws {
        #expect(try EnvironmentLock(lock().bytes) == lock())
    }

    @Test(arguments: EnvironmentFolders(given: repositoryRoot + "/images").names())
    func `the locks of the repository belong to their manifests`(name: String) throws {
        let environment = try EnvironmentFolders(given: repositoryRoot + "/images").environment(named: name)
        let lock = try environment.currentLock()
        #expect(lock.platforms.map(\.architecture) == environment.manifest.architectures)
        #expect(lock.platforms.allSatisfy { !$0.packages.isEmpty })
    }

    @Test(arguments: ["/etc/passwd", "pool/../../x"]) func `a path that leaves the mirror is refused`(path: String) {
        let error = #expect(throws: EnvironmentError.self) { try EnvironmentLock(lock(path: path).bytes) }
        #expect(error?.description == "`path` climbs, expected a path below its base, got `\(path)`")
        #expect(throws: EnvironmentError.self) { try EnvironmentLock(lock(file: path).bytes) }
    }

    @Test func `a size that no package has is refused`() throws {
        #expect(throws: Never.self) { try EnvironmentLock(lock(byteCount: 8 << 30).bytes) }
        let error = #expect(throws: EnvironmentError.self) { try EnvironmentLock(lock(byteCount: 1 << 62).bytes) }
        #expect(
            error?.description == "`size` is too large, expected at most 8589934592 bytes, got 4611686018427387904"
        )
    }

    @Test func `a package that another one requires cannot be taken out by hand`() {
        let error = #expect(throws: EnvironmentError.self) { try EnvironmentLock(lock(requires: ["openssl"]).bytes) }
        #expect(
            error?.description == "package `ca-certificates`: `openssl`, which it requires, is not in the lock"
        )
    }

    @Test func `a package for another architecture is refused`() {
        let error = #expect(throws: EnvironmentError.self) { try EnvironmentLock(lock(architecture: "arm64").bytes) }
        #expect(error?.message == "the package is for another architecture, expected amd64, got arm64")
    }

    @Test func `a package that stands twice is refused`() {
        var lock = lock()
        lock.platforms[0].packages += lock.platforms[0].packages
        let error = #expect(throws: EnvironmentError.self) { try EnvironmentLock(lock.bytes) }
        #expect(error?.message == "the package stands twice in the lock")
    }

    @Test func `truncation and mutation never trap`() {
        let bytes = lock().bytes
        for count in 0..<bytes.count - 1 {
            #expect(throws: (any Error).self) { try EnvironmentLock(Array(bytes[..<count])) }
        }
        var random = SeededRandom(seed: 4)
        for _ in 0..<500 {
            var copy = bytes
            copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            _ = try? EnvironmentLock(copy)
        }
    }

    @Test func `an environment that does not exist is named, with the closest that does`() throws {
        let folders = EnvironmentFolders(given: repositoryRoot + "/images")
        let error = #expect(throws: EnvironmentError.self) { try folders.environment(named: "onnx-server") }
        #expect(error?.code == .notFound)
        #expect(error?.hint == "did you mean `onnx-serve`?")
    }
}

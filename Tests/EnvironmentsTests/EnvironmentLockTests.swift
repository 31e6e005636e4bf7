import ContentStore
import DebianPackages
import Diagnostics
import Downloads
import Environments
import Foundation
import TestSupport
import Testing

@Suite struct EnvironmentLockTests {
    private func lock(_ path: String = "pool/a.deb") -> EnvironmentLock {
        let package = EnvironmentLock.Package(
            name: "ca-certificates",
            version: "1",
            architecture: "all",
            path: path,
            digest: Digest(of: [1]),
            byteCount: 1,
            suite: "bookworm"
        )
        return EnvironmentLock(manifest: Digest(of: []), packages: [package])
    }

    @Test func `a lock is read as it was written`() throws {
        #expect(try EnvironmentLock(lock().bytes) == lock())
    }

    @Test func `the lock of the repository belongs to its manifest`() throws {
        let environment = try CuratedEnvironment(folder: repositoryRoot + "/images/onnx-serve")
        #expect(try environment.currentLock().packages.map(\.name) == ["ca-certificates"])
    }

    @Test(arguments: ["/etc/passwd", "pool/../../x"]) func `a path that leaves the mirror is refused`(path: String) {
        let error = #expect(throws: EnvironmentError.self) { try EnvironmentLock(lock(path).bytes) }
        #expect(error?.description == "`path` climbs, expected one below a base address, got `\(path)`")
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

    @Test func `a machine without a source of the suites is told to name a mirror`() throws {
        let folder = try TemporaryFolder()
        let environment = try CuratedEnvironment(folder: repositoryRoot + "/images/onnx-serve")
        let downloader = Downloader(store: try ContentStore(root: folder.file("store")))
        let error = #expect(throws: DebianPackagesError.self) {
            try environment.resolve(sources: [], by: downloader) { _ in }
        }
        #expect(error?.hint == "name a mirror with --mirror <address of a Debian archive>")
    }

    @Test func `an environment that does not exist is named, with the closest that does`() throws {
        let folders = EnvironmentFolders(given: repositoryRoot + "/images")
        let error = #expect(throws: EnvironmentError.self) { try folders.environment(named: "onnx-server") }
        #expect(error?.code == .notFound)
        #expect(error?.hint == "did you mean `onnx-serve`?")
    }
}

import Diagnostics
@testable import Environments
@testable import ImageBuilder
import PythonPackages

/// One input of libFuzzer as a manifest and as a lock of an environment: it may be refused, it may not crash.
///
/// What stands behind a zero byte is each file that the manifest names, such as a conda file.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = inputBytes(start, count)
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
    if let manifest = try? EnvironmentManifest(parts[0], file: { _ in parts.count > 1 ? parts[1] : [] }) {
        use(manifest)
    }
    if let lock = try? EnvironmentLock(bytes) {
        let again = try? EnvironmentLock(lock.bytes)
        hold(again.map { EnvironmentDifference(from: lock, to: $0).changes } == [], "the lock is read another way")
        hold(again?.bytes == lock.bytes, "the lock is written another way")
    }
    for line in lines(bytes) { _ = try? CondaSpec(line) }
    return 0
}

private func use(_ manifest: EnvironmentManifest) {
    for pattern in manifest.drop {
        guard let pattern = try? PathPattern(parsing: pattern) else { continue }
        _ = pattern.matches(["usr", "share", "doc", "a", "copyright.gz"].map { Array($0.utf8) })
    }
    for requirement in manifest.python?.requirements ?? [] { _ = try? PythonRequirement(parsing: requirement) }
    let paths =
        manifest.files.flatMap { [$0.source, $0.path] } + manifest.links.map(\.path) + manifest.folders.map(\.path)
    for path in paths {
        let parts = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        hold(!parts.contains("..") && parts.first != "", "`\(path)` climbs")
    }
}

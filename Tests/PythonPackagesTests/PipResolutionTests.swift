import ContentStore
import Diagnostics
import Downloads
import Files
import Foundation
import JSON
import PythonPackages
import TestSupport
import Testing

/// pip resolves the same requirements over the same folder of small wheels.
@Suite(.enabled(if: hasPip)) struct PipResolutionTests {
    @Test(arguments: 1...12)
    func `versions are those of pip`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let folder = try TemporaryFolder()
        let wheels = randomWheels(with: &random)
        try makeFolders(folder.file("wheels"))
        for wheel in wheels { try writeFile(folder.file("wheels/\(wheel.file)"), try wheel.bytes) }
        let roots = (0..<3).map { _ in randomRequirement(with: &random) }
        let pip = try runTool(
            "python3 -m pip install --quiet --disable-pip-version-check --no-index --dry-run --ignore-installed "
                + "--only-binary=:all: --find-links wheels --report report.json \"$@\"",
            roots,
            folder: folder.path
        )
        let target = try PythonTarget(version: "3.11.2", architecture: .x86, glibc: "2.36")
        let ours = Result {
            try resolve(
                roots.map { try PythonRequirement(parsing: $0) },
                for: target,
                from: PackageIndexes(indexes: [], findLinks: [folder.file("wheels")]),
                Downloader(store: ContentStore(root: folder.file("store")))
            )
        }
        guard pip.status == 0 else {
            let error = #expect(throws: PythonPackageError.self) { try ours.get() }
            #expect(error?.code != .syntax, "\(roots)")
            return
        }
        let report = try JSONValue.parse(readFile(folder.file("report.json"), limit: 1 << 24))
        let theirs = (report["install"]?.array ?? []).compactMap { item -> String? in
            guard let name = item["metadata"]?["name"]?.string else { return nil }
            return "\(name) \(item["metadata"]?["version"]?.string ?? "")"
        }
        #expect(try ours.get().map { "\($0.name) \($0.version)" } == theirs.sorted(), "\(roots)")
    }

    private func randomWheels(with random: inout SeededRandom) -> [TestWheel] {
        (0..<8).flatMap { project in
            (1...Int.random(in: 1...5, using: &random)).map { version in
                var wheel = TestWheel(name: "p\(project)", version: "\(version).\(version % 2)")
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    // Projects ask for later ones alone, for the most part: what asks in circles is rare in life.
                    let isPlain = Int.random(in: 0..<8, using: &random) > 0
                    let other = isPlain ? Int.random(in: min(project + 1, 8)...8, using: &random) : project
                    guard other < 8 else { continue }
                    let extra = Int.random(in: 0..<4, using: &random) == 0
                    wheel.requires.append(
                        randomRequirement(of: other, with: &random) + (extra ? "; extra == 'x'" : "")
                    )
                }
                wheel.fields = ["Provides-Extra: x"]
                return wheel
            }
        }
    }

    private func randomRequirement(of project: Int? = nil, with random: inout SeededRandom) -> String {
        let name = "p\(project ?? Int.random(in: 0..<8, using: &random))"
        let extra = Int.random(in: 0..<5, using: &random) == 0 ? "[x]" : ""
        let sign = [">=", "<=", "<", ">", "!=", "~=", "=="].randomElement(using: &random) ?? ">="
        let version = Int.random(in: 1...4, using: &random)
        return name + extra + (Bool.random(using: &random) ? "\(sign)\(version).\(version % 2)" : "")
    }
}

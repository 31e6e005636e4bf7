import DebianPackages
import Diagnostics
import Downloads
import TestSupport
import Testing

/// A list of packages as an archive has it, from lines like `a 1 Depends: b | c; Provides: d`.
func packageList(_ lines: [String]) -> [UInt8] {
    let digest = String(repeating: "0", count: 64)
    return lines.flatMap { line -> [UInt8] in
        let words = line.split(separator: " ", maxSplits: 2)
        let fields = words.count > 2 ? words[2].split(separator: ";").map { "\($0.drop { $0 == " " })\n" }.joined() : ""
        let architecture = fields.contains("Architecture:") ? "" : "Architecture: all\n"
        return Array(
            """
            Package: \(words[0])
            Version: \(words[1])
            \(architecture)Filename: pool/\(words[0])_\(words[1]).deb
            Size: 1
            SHA256: \(digest)
            \(fields)

            """.utf8
        )
    }
}

@Suite struct ResolutionTests {
    private func resolve(
        _ wanted: [String],
        excluding: [String] = [],
        _ suites: [String]...
    ) throws -> DebianResolution {
        let tables = try suites.enumerated().map { number, lines in
            try PackageTable(packageList(lines), archive: "Debian", suite: "suite\(number + 1)")
        }
        return try PackageIndex(architecture: "amd64", tables: tables).resolve(wanted, excluding: excluding)
    }

    private func names(_ resolution: DebianResolution) -> [String] {
        resolution.packages.map { "\($0.name) \($0.version)" }
    }

    @Test func `dependencies are followed, recommendations are not`() throws {
        let resolution = try resolve(
            ["a"],
            ["a 1 Depends: b; Recommends: r", "b 1 Pre-Depends: c", "c 1", "r 1", "z 1"]
        )
        #expect(names(resolution) == ["a 1", "b 1", "c 1"])
        #expect(resolution.packages.map(\.dependsOn) == [["b"], ["c"], []])
        #expect(
            resolution.packages.map(\.why.description) == ["wanted", "`a` depends on `b`", "`b` depends on `c`"]
        )
    }

    @Test func `the newest version of all suites is taken`() throws {
        let resolution = try resolve(["a"], ["a 1", "a 1.10"], ["a 1.9", "a 1.10"])
        #expect(names(resolution) == ["a 1.10"])
        #expect(resolution.packages.map(\.suite) == ["suite1"])
        #expect(try names(resolve(["a=1.9"], ["a 1", "a 1.10"], ["a 1.9"])) == ["a 1.9"])
    }

    @Test func `a package by itself does not ask for what it depends on`() throws {
        let list = packageList(["a 1", "a 2 Depends: none; Conflicts: a", "b 1"])
        let index = PackageIndex(
            architecture: "amd64",
            tables: [try PackageTable(list, archive: "Debian", suite: "suite")]
        )
        #expect(try index.newest("a").version == "2")
        #expect(try index.newest("a").dependsOn == [])
        #expect(try index.newest("a=1").version == "1")
        for word in ["c", "a=3", ""] {
            #expect(throws: DebianPackagesError.self) { try index.newest(word) }
        }
    }

    @Test(arguments: ["0", "1099511627777", "4611686018427387909", "99999999999999999999"])
    func `a size that no package has is refused`(size: String) {
        let error = #expect(throws: DebianPackagesError.self) { try resolve(["a"], ["a 1 Size: \(size)"]) }
        #expect(
            error?.message
                == "the field `size` has another form, expected a number of bytes up to \(Downloader.byteLimit)"
        )
    }

    @Test func `the first alternative is taken, unless another is there`() throws {
        let list = ["a 1 Depends: x | y", "b 1 Depends: y", "x 1", "y 1"]
        #expect(try names(resolve(["a"], list)) == ["a 1", "x 1"])
        #expect(try names(resolve(["a", "b"], list)) == ["a 1", "b 1", "y 1"])
        #expect(try names(resolve(["b", "a"], list)) == ["a 1", "b 1", "y 1"])
    }

    @Test func `an alternative that lacks something itself is passed over`() throws {
        let list = ["a 1 Depends: x | y", "x 1 Depends: deep", "deep 1 Depends: none (>= 2)", "y 1"]
        #expect(try names(resolve(["a"], list)) == ["a 1", "y 1"])
    }

    @Test func `an alternative that refuses what is there is passed over`() throws {
        let list = ["a 1 Depends: x | y", "x 1 Conflicts: z", "y 1", "z 1"]
        #expect(try names(resolve(["a", "z"], list)) == ["a 1", "y 1", "z 1"])
    }

    @Test func `a name is provided by what is there, then by priority, then by name`() throws {
        let list = [
            "a 1 Depends: v", "p 1 Provides: v", "q 1 Provides: v; Priority: required", "r 1 Provides: v",
            "b 1 Depends: r",
        ]
        #expect(try names(resolve(["a"], list)) == ["a 1", "q 1"])
        #expect(try names(resolve(["a", "b"], list)) == ["a 1", "b 1", "r 1"])
        #expect(try names(resolve(["a"], list.filter { !$0.hasPrefix("q") })) == ["a 1", "p 1"])
    }

    @Test func `a provided name fulfils versions only when it has one`() throws {
        #expect(throws: DebianPackagesError.self) { try resolve(["a"], ["a 1 Depends: v (>= 1)", "p 1 Provides: v"]) }
        #expect(
            try names(resolve(["a"], ["a 1 Depends: v (>= 1)", "p 1 Provides: v (= 2)"])) == ["a 1", "p 1"]
        )
    }

    @Test func `any architecture is fulfilled by packages that allow it`() throws {
        let list = ["a 1 Depends: b:any", "b 1 Multi-Arch: allowed"]
        #expect(try names(resolve(["a"], list)) == ["a 1", "b 1"])
        #expect(throws: DebianPackagesError.self) { try resolve(["a"], ["a 1 Depends: b:any", "b 1"]) }
    }

    @Test func `cycles end`() throws {
        let list = ["a 1 Depends: b", "b 1 Depends: c", "c 1 Depends: a (= 1)"]
        #expect(try names(resolve(["c"], list)) == ["a 1", "b 1", "c 1"])
    }

    @Test func `an excluded package is left out, and who needs it is told`() throws {
        let list = ["a 1 Depends: b, c | d", "b 1 Depends: e", "c 1", "d 1", "e 1"]
        let resolution = try resolve(["a"], excluding: ["b", "c"], list)
        #expect(names(resolution) == ["a 1"])
        #expect(resolution.dropped.map(\.relation) == ["b", "c | d"])
        let other = try resolve(["a", "d"], excluding: ["b", "c"], list)
        #expect(names(other) == ["a 1", "d 1"])
        #expect(other.dropped.map(\.relation) == ["b"])
    }

    static let failures: [(wanted: [String], list: [String], words: String)] = [
        (["x"], ["y 1"], "package `x`: no suite has this package for amd64, looked into `suite1`"),
        (["a=2"], ["a 1"], "package `a`: no suite has the version `2`, expected one of `1`"),
        (
            ["a"], ["a 1 Depends: b", "b 1 Depends: c (>= 2)", "c 1"],
            "package `a`: `a` needs `b`, `b` needs `c (>= 2)`, which no package of `suite1` fulfils: `c` is 1"
        ),
        (
            ["a"], ["a 1 Depends: n"],
            "package `a`: `a` needs `n`, which no package of `suite1` is or provides for amd64"
        ),
        (
            ["a"], ["a 1 Depends: b, c", "b 1", "c 1 Breaks: b (<< 2)"],
            "package `c` (1): `Breaks: b (<< 2)` refuses `b` 1"
        ),
        (
            ["a"], ["a 1 Depends: b )"],
            "package `a` (suite1): field `depends`: the relation has another form, expected `(`, `[` or the end of the "
                + "relation at character 3, got `b )`"
        ),
        (
            ["a"], ["a 1 Filename: ../../etc/passwd"],
            "package `a` (suite1): the field `filename` climbs, expected a path below a base address, got "
                + "`../../etc/passwd`"
        ),
    ]

    @Test(arguments: failures) func `what cannot be is told with who needs it`(
        wanted: [String],
        list: [String],
        words: String
    ) {
        let error = #expect(throws: DebianPackagesError.self) { try resolve(wanted, list) }
        #expect(error?.description == words)
    }

    @Test func `a misspelt name is answered with what is close, a provided one with who provides it`() {
        let list = ["python3 1", "mawk 1 Provides: awk"]
        let misspelt = #expect(throws: DebianPackagesError.self) { try resolve(["pyhton3"], list) }
        #expect(misspelt?.hint == "did you mean `python3`?")
        let provided = #expect(throws: DebianPackagesError.self) { try resolve(["awk"], list) }
        #expect(provided?.hint == "it is provided by `mawk`")
    }

    @Test func `truncation and mutation of a list never trap`() throws {
        let bytes = packageList([
            "a 1:2-3 Depends: b (>= 1) | c, d:any; Provides: v (= 1), w", "b 2", "c 3 Breaks: a (<< 1)",
        ])
        var random = SeededRandom(seed: 6)
        func tryAll(_ bytes: [UInt8]) {
            guard let table = try? PackageTable(bytes, archive: "x", suite: "y") else { return }
            let index = PackageIndex(architecture: "amd64", tables: [table])
            for name in ["a", "b", "v"] { _ = try? index.resolve([name]) }
        }
        for count in 0..<bytes.count { tryAll(Array(bytes[..<count])) }
        for _ in 0..<1000 {
            var copy = bytes
            for _ in 0..<3 {
                copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            tryAll(copy)
        }
    }

    @Test func `a hundred thousand packages in a chain are resolved`() throws {
        let count = 100_000
        let list = (0..<count).map { "p\($0) 1" + ($0 + 1 < count ? " Depends: none | p\($0 + 1)" : "") }
        #expect(try resolve(["p0"], list).packages.count == count)
    }

    @Test func `a long chain that ends in nothing is told in few words`() {
        let count = 50_000
        let list = (0..<count).map { "p\($0) 1 Depends: p\($0 + 1)" }
        let error = #expect(throws: DebianPackagesError.self) { try resolve(["p0"], list) }
        #expect(error?.message.hasPrefix("`p0` needs `p1`, `p1` needs `p2`, ") == true)
        #expect(error?.message.hasSuffix("…, which no package of `suite1` is or provides for amd64") == true)
    }

    @Test func `many alternatives that all fail end`() throws {
        let count = 300
        let list =
            ["a 1 Depends: " + (0..<count).map { "p\($0)" }.joined(separator: " | ") + " | last", "last 1"]
            + (0..<count).map { "p\($0) 1 Depends: none" }
        #expect(try names(resolve(["a"], list)) == ["a 1", "last 1"])
    }
}

import Diagnostics
import ImageBuilder
import OCIArchive
import OCIImage
import Testing

@Suite struct PathPatternTests {
    static let cases: [(pattern: String, dropped: [String])] = [
        ("usr/share/man/**", ["usr/share/man/man1/ls.1.gz", "usr/share/man/x"]),
        ("/usr/share/man", ["usr/share/man", "usr/share/man/man1/ls.1.gz", "usr/share/man/x"]),
        ("**/__pycache__", ["usr/lib/python3/__pycache__/a.pyc"]),
        ("**/*.pyc", ["usr/lib/python3/__pycache__/a.pyc"]),
        ("usr/*/x", []),
        ("usr/*/*/x", ["usr/share/man/x"]),
        ("usr/share/ma?/x", ["usr/share/man/x"]),
        ("*/**/x", ["usr/share/man/x"]),
        (
            "**",
            ["usr/share/man", "usr/share/man/man1/ls.1.gz", "usr/share/man/x", "usr/lib/python3/__pycache__/a.pyc"]
        ),
        ("usr/share/man/x/**", []),
        ("usr/s*a*e/man/x", ["usr/share/man/x"]),
    ]

    @Test(arguments: cases) func `a pattern drops what it names`(pattern: String, dropped: [String]) throws {
        let paths = ["usr/share/man/man1/ls.1.gz", "usr/share/man/x", "usr/lib/python3/__pycache__/a.pyc"]
        var root = RootFilesystem(architecture: "amd64")
        root.mergesUsr = false
        root.dropped = [try PathPattern(parsing: pattern)]
        for path in paths { try root.add(path, .file(MemoryBlob([]), byteCount: 0), mode: 0o644, origin: "a") }
        try root.add("usr/share/man", .folder, mode: 0o755, origin: "a")
        let left = try root.merged().paths
        let gone = (["usr/share/man"] + paths).filter { !left.contains($0) }
        // A folder stands as long as something is below.
        let expected = Set(dropped).subtracting(
            left.contains { $0.hasPrefix("usr/share/man/") } ? ["usr/share/man"] : []
        )
        #expect(Set(gone) == expected)
    }

    @Test func `a pattern that would take long on a long name does not`() throws {
        var root = RootFilesystem(architecture: "amd64")
        root.dropped = [
            try PathPattern(parsing: Array(repeating: "**/*a*a*a*a*a*a*a*a*b", count: 40).joined(separator: "/"))
        ]
        let path = Array(repeating: String(repeating: "a", count: 200), count: 100).joined(separator: "/")
        try root.add(path, .folder, mode: 0o755, origin: "a")
        #expect(try root.merged().paths.contains(path))
    }

    @Test(arguments: ["", "/", "../x", "a/../../b"]) func `a pattern that climbs is refused`(text: String) {
        let error = #expect(throws: ImageBuilderError.self) { try PathPattern(parsing: text) }
        #expect(error?.code == .pattern)
    }
}

import Archives
import Diagnostics
import Files
import PythonPackages
import TestSupport
import Testing

/// A wheel that `Fixtures/wheels/make.py` made with Python's own `zipfile`.
func wheelPath(_ name: String) -> String { fixturePath("wheels/\(name)/a_b-1.0-py3-none-any.whl") }

@Suite struct WheelTests {
    static func scheme(prefix: String = "usr/local") throws -> InstallationScheme {
        try scheme(prefix: prefix, interpreter: "/usr/bin/python3.11")
    }

    private static func scheme(prefix: String, interpreter: String) throws -> InstallationScheme {
        let start = prefix.isEmpty ? "" : prefix + "/"
        return try InstallationScheme(
            site: "\(start)lib/python3.11/site-packages",
            scripts: "\(start)bin",
            headers: "\(start)include/python3.11",
            data: prefix,
            interpreter: interpreter
        )
    }

    @Test func `a wheel says what package it holds`() throws {
        let wheel = try Wheel(path: wheelPath("whole"))
        #expect(wheel.metadata.name == "A.b")
        #expect(wheel.metadata.version.description == "1.0")
        #expect(wheel.metadata.extras == ["x"])
        #expect(wheel.metadata.requires.map(\.description) == ["c>=1"])
    }

    @Test func `every part goes to its folder`() throws {
        let spool = try Spool()
        let files = try Wheel(path: wheelPath("whole")).install(into: spool, Self.scheme(), isRequested: true)
        let site = "usr/local/lib/python3.11/site-packages"
        let info = "\(site)/a_b-1.0.dist-info"
        let expected = [
            ("usr/local/bin/a-gui", 0o755), ("usr/local/bin/a-main", 0o755), ("usr/local/bin/a-tool", 0o755),
            ("usr/local/bin/plain", 0o755), ("usr/local/bin/shell", 0o755), ("usr/local/bin/window", 0o755),
            ("usr/local/include/python3.11/a-b/a.h", 0o644), ("\(info)/INSTALLER", 0o644),
            ("\(info)/METADATA", 0o644), ("\(info)/RECORD", 0o644), ("\(info)/RECORD.jws", 0o644),
            ("\(info)/REQUESTED", 0o644), ("\(info)/WHEEL", 0o644), ("\(info)/entry_points.txt", 0o644),
            ("\(info)/licenses/LICENSE", 0o644), ("\(site)/a_b/__init__.py", 0o644),
            ("\(site)/a_b/data, with comma.txt", 0o644), ("\(site)/a_b/empty.py", 0o644),
            ("\(site)/a_b/libé.txt", 0o644), ("\(site)/a_b/run.sh", 0o755), ("\(site)/plat.py", 0o644),
            ("\(site)/pure.py", 0o644), ("usr/local/share/a/data.bin", 0o644),
        ]
        #expect(files.map(\.path) == expected.map(\.0))
        #expect(files.map { Int($0.mode) } == expected.map(\.1))
        let plain = try #require(files.first { $0.path.hasSuffix("/plain") })
        #expect(try text(plain) == "#!/usr/bin/python3.11\nprint('plain')\n")
        let record = try text(#require(files.first { $0.path.hasSuffix("/RECORD") }))
        #expect(record.hasPrefix("../../../bin/a-gui,sha256="))
        #expect(record.contains("\n\"a_b/data, with comma.txt\",sha256="))
        #expect(record.contains("\na_b-1.0.dist-info/RECORD,,\n"))
        #expect(record.contains("\na_b/empty.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"))
    }

    @Test func `what nobody asked for is not marked as requested, and twice gives the same bytes`() throws {
        let (first, second) = (try Spool(), try Spool())
        let wheel = try Wheel(path: wheelPath("whole"))
        let files = try wheel.install(into: first, Self.scheme(), isRequested: false)
        let again = try wheel.install(into: second, Self.scheme(), isRequested: false)
        #expect(!files.contains { $0.path.hasSuffix("/REQUESTED") })
        #expect(try files.map(text) == again.map(text))
    }

    private func text(_ file: InstalledFile) throws -> String {
        var bytes: [UInt8] = []
        let content = file.content
        try readFileInPieces(content.path, offset: content.offset, byteCount: content.byteCount) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    static let refusals: [(name: String, message: String)] = [
        ("absolute", "member `/b.py`: the name is no plain path, \(plainPath)"),
        ("backslash", "member `a/b.py`: the member is not in `RECORD`"),
        (
            "bad-entry-point",
            "\(info("entry_points.txt")):2:1: the command `a` names no function, expected `module:function`, got `a = os; import x:y`"
        ),
        (
            "bad-hash",
            "member `a.py`: the member has another digest than in `RECORD`, expected `sha256=Ay3i9ihf3t1H-DUZjNm3LwlcgQDPvfd1ksfKWlXO1suI`, got `sha256=y3i9ihf3t1H-DUZjNm3LwlcgQDPvfd1ksfKWlXO1suI`"
        ),
        (
            "bad-requirement",
            "\(info("METADATA")): field `Requires-Dist`: requirement `c>=>1; extra == 'x'`: the version specifier has another form, expected one like `>=1.2`, got `>=>1`"
        ),
        ("bad-size", "member `a.py`: the member has another size than in `RECORD`, expected 7 bytes, got 6"),
        ("below-file", "`usr/local/lib/python3.11/site-packages/a.py/b.py` goes below a file of the same wheel"),
        ("climbing", "member `../b.py`: the name is no plain path, \(plainPath)"),
        ("climbing-data", "member `a_b-1.0.data/scripts/../../b.py`: the name is no plain path, \(plainPath)"),
        (
            "climbing-entry-point",
            "\(info("entry_points.txt")):2:1: the name of the command is no file name, got `../a`"
        ),
        ("device", "member `b.py`: the member is a device, expected a file"),
        ("duplicate", "member `b.py`: the member stands twice"),
        ("encrypted", "member `a.py`: the member is encrypted"),
        (
            "loose-data",
            "member `a_b-1.0.data/x`: the member stands where no installation looks, expected `a_b-1.0.data/<part>/`"
        ),
        ("lying-size", "member `zeros.bin`: ZIP uncompressed data is wrong size (read 100000, expected 10)"),
        ("md5", "member `a.py`: `RECORD` has another hash than is checked here, expected `sha256`, got `md5`"),
        ("missing-in-archive", "`b.py` is in `RECORD` and missing in the archive"),
        ("missing-in-record", "member `b.py`: the member is not in `RECORD`"),
        ("next-format", "version 2.0 of the format is not read here, expected 1"),
        ("no-hash", "member `a.py`: `RECORD` has another hash than is checked here, expected `sha256`, got ``"),
        ("no-wheel", "`Wheel-Version` is missing in `WHEEL`, expected 1.0"),
        (
            "other-case-data",
            "member `A_B-1.0.DATA/scripts/x`: the member stands where no installation looks, expected `a_b-1.0.data/<part>/`"
        ),
        (
            "other-case-info",
            "there are 2 folders `.dist-info`, expected one, got `A_B-1.0.DIST-INFO`, `a_b-1.0.dist-info`"
        ),
        ("other-folder", "the folder `c-1.0.dist-info` belongs to another package, expected `a-b` 1.0"),
        (
            "other-name",
            "\(info("METADATA")): the package has another name or version than its file, expected `a-b` 1.0, got `c` 1.0"
        ),
        ("overlapping", "`b.bin` is in `RECORD` and missing in the archive"),
        ("row-contradicted", "\(info("RECORD")):5:1: `a.py` stands twice, each time otherwise"),
        ("row-quoted", "\(info("RECORD")):5:1: a quoted field has no end, expected `\"`"),
        ("row-short", "\(info("RECORD")):5:1: the row has 2 fields, expected 3"),
        (
            "same-place",
            "member `a_b-1.0.data/purelib/a.py`: another member goes to `usr/local/lib/python3.11/site-packages/a.py` too"
        ),
        ("symlink", "member `b.py`: the member is a symbolic link, expected a file"),
        ("two-folders", "there are 2 folders `.dist-info`, expected one, got `a_b-1.0.dist-info`, `c-1.0.dist-info`"),
        (
            "unknown-part",
            "member `a_b-1.0.data/stuff/x`: no installation knows the part `stuff`, expected `purelib`, `platlib`, `scripts`, `headers` or `data`"
        ),
    ]

    private static let plainPath = "expected a relative one without `..`, `.`, `\\` and control characters"

    private static func info(_ name: String) -> String { "member `a_b-1.0.dist-info/\(name)`" }

    @Test(arguments: refusals)
    func `wheels that are none are refused by what is wrong`(name: String, message: String) throws {
        let error = #expect(throws: (any Error).self) {
            try Wheel(path: wheelPath(name)).install(into: Spool(), Self.scheme(), isRequested: true)
        }
        #expect((error as? any Diagnostic)?.description == "`a_b-1.0-py3-none-any.whl`: \(message)")
    }

    @Test(arguments: ["no-zip", "torn"])
    func `what is no archive is refused`(name: String) throws {
        let error = #expect(throws: ArchiveError.self) { try Wheel(path: wheelPath(name)) }
        #expect(error?.message == "opening: unrecognized archive format")
    }

    @Test func `a row that stands twice is one`() throws {
        _ = try Wheel(path: wheelPath("row-twice")).install(into: Spool(), Self.scheme(), isRequested: true)
    }

    @Test func `what grows beyond the limits is refused`() throws {
        let large = #expect(throws: PythonPackageError.self) {
            try Wheel(path: wheelPath("bomb"), limits: .init(byteCount: 1 << 20))
        }
        #expect(large?.code == .tooLarge)
        #expect(large?.message == "the wheel grows too large, expected at most 1048576 bytes")
        let many = #expect(throws: PythonPackageError.self) {
            try Wheel(path: wheelPath("whole"), limits: .init(memberCount: 3))
        }
        #expect(many?.message == "the wheel has too many members, expected at most 3")
    }

    @Test(arguments: ["python3", "/usr/bin/my python", "/" + String(repeating: "a", count: 126), "/a\nb"])
    func `an interpreter that no script can name is refused`(interpreter: String) throws {
        let error = #expect(throws: PythonPackageError.self) {
            try Self.scheme(prefix: "usr", interpreter: interpreter)
        }
        #expect(error?.code == .unsupported)
    }

    @Test func `damaged wheels end in an error or an installation`() throws {
        let whole = try fixture("wheels/whole/a_b-1.0-py3-none-any.whl")
        let folder = try TemporaryFolder()
        let path = folder.file("a_b-1.0-py3-none-any.whl")
        var random = SeededRandom(seed: 1)
        for _ in 0..<400 {
            try writeFile(path, mutated(whole, with: &random))
            _ = try? Wheel(path: path).install(into: Spool(), Self.scheme(), isRequested: true)
        }
        for end in stride(from: 0, to: whole.count, by: 37) {
            try writeFile(path, Array(whole[..<end]))
            #expect(throws: (any Error).self) {
                try Wheel(path: path).install(into: Spool(), Self.scheme(), isRequested: true)
            }
        }
    }
}

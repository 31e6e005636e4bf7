import Archives
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct ZipReaderTests {
    @Test(arguments: ["stored", "deflated"])
    func `the files of an archive that Python wrote come in its order`(name: String) throws {
        let zip = try ZipReader(path: fixturePath("streams/\(name).zip"))
        #expect(try zip.next()?.kind == .folder)
        let first = try #require(try zip.next())
        #expect(first.name == "a/data.bin")
        #expect(first.kind == .file)
        #expect(!first.isEncrypted)
        let expected = try fixture("streams/data.bin")
        #expect(first.byteCount == expected.count)
        #expect(try zip.data(limit: 1 << 20) == expected)
        #expect(try zip.next()?.name == "grün.txt")
        #expect(try zip.data(limit: 10) == Array("ü".utf8))
        #expect(try zip.next() == nil)
    }

    @Test func `a member that nobody reads is passed over`() throws {
        let zip = try ZipReader(path: fixturePath("streams/deflated.zip"))
        while let entry = try zip.next(), entry.name != "grün.txt" {}
        #expect(try zip.data(limit: 10) == Array("ü".utf8))
    }

    @Test func `modes and links are those that Python wrote`() throws {
        let folder = try TemporaryFolder()
        let script = """
            import zipfile
            with zipfile.ZipFile("a.zip", "w") as archive:
                for name, mode in ("run", 0o100755), ("text", 0o100600), ("link", 0o120777), ("device", 0o020644):
                    member = zipfile.ZipInfo(name)
                    member.create_system = 3
                    member.external_attr = mode << 16
                    archive.writestr(member, "text")
                archive.mkdir("folder", 0o700) if hasattr(archive, "mkdir") else archive.writestr("folder/", "")
            """
        let made = try runTool("python3 -c \"$1\"", [script], folder: folder.path)
        try #require(made.status == 0, "\(made.errors)")
        let zip = try ZipReader(path: folder.file("a.zip"))
        var entries: [ZipEntry] = []
        while let entry = try zip.next() { entries.append(entry) }
        #expect(entries.map(\.kind) == [.file, .file, .symbolicLink, .other, .folder])
        #expect(entries.prefix(2).map(\.mode) == [0o755, 0o600])
    }

    @Test func `a bomb is refused before it has grown`() throws {
        let zip = try ZipReader(path: fixturePath("streams/bomb.zip"))
        _ = try zip.next()
        var count = 0
        let error = #expect(throws: ArchiveError.self) { try zip.read(limit: 1000) { count += $0.count } }
        #expect(error?.message == "the data grows too large, expected at most 1000 bytes")
        #expect(count == 0)
    }

    @Test func `what is no archive is refused`() throws {
        let folder = try TemporaryFolder()
        try Data("text".utf8).write(to: URL(fileURLWithPath: folder.file("a.zip")))
        let error = #expect(throws: ArchiveError.self) { try ZipReader(path: folder.file("a.zip")) }
        #expect(error?.description == "`\(folder.file("a.zip"))`: opening: unrecognized archive format")
        #expect(throws: ArchiveError.self) { try ZipReader(path: folder.file("missing.zip")) }
    }
}

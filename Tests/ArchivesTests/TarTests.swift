import Archives
import Diagnostics
import Foundation
import TestSupport
import Testing

/// The bytes of a tar archive of `entries`.
private func tar(_ entries: [(TarEntry, [UInt8])]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let writer = try TarWriter { bytes.append(contentsOf: $0) }
    for (entry, data) in entries { try writer.add(entry, data) }
    try writer.finish()
    return bytes
}

private func file(_ path: String, _ text: String, mode: UInt32 = 0o644) -> (TarEntry, [UInt8]) {
    (TarEntry(path: path, kind: .file(byteCount: text.utf8.count), mode: mode), Array(text.utf8))
}

@Suite struct TarTests {
    static let longPath = (0..<30).map { "folder-\($0)" }.joined(separator: "/") + "/name"
    static let unicodePath = "usr/share/Főtanúsítvány/日本.crt"

    static let entries: [(TarEntry, [UInt8])] = [
        (TarEntry(path: "etc", kind: .folder, mode: 0o755), []),
        file("etc/passwd", "root:x:0:0\n"),
        (TarEntry(path: "tmp", kind: .folder, mode: 0o1777), []),
        (TarEntry(path: "etc/link", kind: .symbolicLink(target: "passwd"), mode: 0o777), []),
        (TarEntry(path: "home", kind: .folder, mode: 0o700, userID: 65532, groupID: 65532), []),
        file(longPath, "long"),
        file(unicodePath, "unicode"),
    ]

    @Test func `GNU tar lists what was written`() throws {
        let folder = try TemporaryFolder()
        try Data(tar(Self.entries)).write(to: URL(fileURLWithPath: folder.file("a.tar")))
        let result = try runTool("tar --numeric-owner --utc --full-time -tvf a.tar", folder: folder.path)
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true)
        }
        #expect(
            lines.map { $0[0] } == [
                "drwxr-xr-x", "-rw-r--r--", "drwxrwxrwt", "lrwxrwxrwx", "drwx------", "-rw-r--r--", "-rw-r--r--",
            ]
        )
        #expect(lines.allSatisfy { $0[3] == "1970-01-01" && $0[4] == "00:00:00" })
        #expect(lines.map { $0[1] } == ["0/0", "0/0", "0/0", "0/0", "65532/65532", "0/0", "0/0"])
        #expect(Self.longPath.utf8.count > 255)
        let names = try runTool(
            "tar --quoting-style=literal -tf a.tar; tar -xOf a.tar '\(Self.unicodePath)'",
            folder: folder.path
        )
        #expect(names.output.hasSuffix("\(Self.longPath)\n\(Self.unicodePath)\nunicode"))
    }

    @Test func `what was written is read back`() throws {
        let reader = try TarReader(bytes: tar(Self.entries))
        for (entry, data) in Self.entries {
            let next = try #require(try reader.next())
            #expect(next == entry)
            #expect(try reader.data(limit: 1000) == data)
        }
        #expect(try reader.next() == nil)
    }

    @Test func `what GNU tar wrote is read`() throws {
        let folder = try TemporaryFolder()
        let made = try runTool(
            "mkdir -p 'a/é' && printf hello >'a/é/f' && ln -s f 'a/é/l' && ln 'a/é/f' 'a/é/h' "
                + "&& tar --sort=name --format=gnu -czf a.tar.gz a && rm -r a",
            folder: folder.path
        )
        #expect(made.status == 0)
        let reader = try TarReader(path: folder.file("a.tar.gz"))
        var kinds: [String: TarEntry.Kind] = [:]
        while let entry = try reader.next() { kinds[entry.path] = entry.kind }
        #expect(
            kinds == [
                "a": .folder, "a/é": .folder, "a/é/f": .file(byteCount: 5), "a/é/l": .symbolicLink(target: "f"),
                "a/é/h": .hardLink(target: "a/é/f"),
            ]
        )
    }

    /// The digest is of a tar that GNU tar 1.34 lists as in the first test; it changes only when layers change.
    @Test func `the bytes depend on the entries alone`() throws {
        let first = try tar(Self.entries)
        let previous = umask(0o077)
        defer { umask(previous) }
        #expect(try tar(Self.entries) == first)
        #expect(first.count % 512 == 0)
    }

    @Test func `a file of more than 8 GiB gets a header that GNU tar understands`() throws {
        let folder = try TemporaryFolder()
        let byteCount = 9 << 30
        let chunk = [UInt8](repeating: 0, count: 1 << 20)
        var head: [UInt8] = []
        var written = 0
        let writer = try TarWriter { bytes in
            if head.count < 4096 { head.append(contentsOf: bytes.prefix(4096)) }
            written += bytes.count
            if written > 4 << 20 { throw CancellationError() }
        }
        try writer.begin(TarEntry(path: "model.onnx", kind: .file(byteCount: byteCount), mode: 0o644))
        #expect(throws: CancellationError.self) {
            for _ in 0..<16 { try chunk.span.bytes.withUnsafeBytes { try writer.write($0) } }
        }
        try Data(head.prefix(2048)).write(to: URL(fileURLWithPath: folder.file("head.tar")))
        let result = try runTool("tar --numeric-owner -tvf head.tar 2>/dev/null", folder: folder.path)
        #expect(result.output.contains(" \(byteCount) "))
        #expect(result.output.hasSuffix("model.onnx\n"))
    }

    @Test func `data that does not fit its header is refused`() throws {
        let writer = try TarWriter { _ in }
        try writer.begin(TarEntry(path: "a", kind: .file(byteCount: 3), mode: 0o644))
        let error = #expect(throws: ArchiveError.self) {
            try [UInt8](repeating: 0, count: 4).span.bytes.withUnsafeBytes { try writer.write($0) }
        }
        #expect(error?.description == "the data grows beyond its header, expected 3 more bytes, got 4")
        let lacking = #expect(throws: ArchiveError.self) { try writer.finish() }
        #expect(lacking?.description == "the last entry lacks 3 bytes")
    }

    @Test(arguments: [("../a", "the path climbs with `..`"), ("/a", "the path is absolute, expected a relative one")])
    func `a path that leaves the folder is refused, written and read`(path: String, words: String) throws {
        let writing = #expect(throws: ArchiveError.self) { try tar([file(path, "x")]) }
        #expect(writing?.description == "entry `\(path)`: \(words)")
        let folder = try TemporaryFolder()
        let made = try runTool("echo x >a && tar -P --transform 's,^a,\(path),' -cf a.tar a", folder: folder.path)
        #expect(made.status == 0)
        let reader = try TarReader(path: folder.file("a.tar"))
        let reading = #expect(throws: ArchiveError.self) { try reader.next() }
        #expect(reading?.description == "entry `\(path)`: \(words)")
    }

    @Test func `truncation and mutation end in an error or an archive`() throws {
        let bytes = try tar(Array(Self.entries.prefix(2)))
        func read(_ bytes: [UInt8]) throws {
            let reader = try TarReader(bytes: bytes)
            while try reader.next() != nil { _ = try reader.data(limit: 1 << 20) }
        }
        for count in stride(from: 0, to: bytes.count, by: 7) { try? read(Array(bytes[..<count])) }
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            var copy = bytes
            for _ in 0..<4 {
                copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            try? read(copy)
        }
    }

    @Test func `zstd undoes what was compressed, and the same bytes give the same stream`() throws {
        let folder = try TemporaryFolder()
        let text = Array(String(repeating: "hello hello hello ", count: 100_000).utf8)
        func compress() throws -> [UInt8] {
            var bytes: [UInt8] = []
            let writer = try ZstdWriter { bytes.append(contentsOf: $0) }
            try text.span.bytes.withUnsafeBytes { try writer.write($0) }
            try writer.finish()
            return bytes
        }
        let bytes = try compress()
        #expect(try compress() == bytes)
        #expect(bytes.count < text.count / 100)
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("a.zst")))
        var back: [UInt8] = []
        try decompressFile(folder.file("a.zst")) { back.append(contentsOf: $0) }
        #expect(back == text)
        guard hasTool("zstd") else { return }
        #expect(try runTool("zstd -dc a.zst | wc -c", folder: folder.path).output == "\(text.count)\n")
    }
}

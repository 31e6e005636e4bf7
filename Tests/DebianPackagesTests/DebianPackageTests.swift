import Archives
import DebianPackages
import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

/// Packages that Debian's own `dpkg-deb` builds, as everything that runs apt has it.
@Suite struct DebianPackageTests {
    private let folder: TemporaryFolder
    private let spool: Spool

    init() throws {
        folder = try TemporaryFolder()
        spool = try Spool()
    }

    private func build(_ compression: String = "xz", extra: String = "") throws -> String {
        let made = try runTool(
            """
            set -e
            mkdir -p p/DEBIAN p/usr/share/é
            printf 'Package: thing\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.c>\\nDescription: d\\n' >p/DEBIAN/control
            printf '#!/bin/sh\\n' >p/DEBIAN/postinst
            chmod 755 p/DEBIAN/postinst
            printf hello >p/usr/share/é/file
            ln -s file p/usr/share/é/link
            \(extra)
            dpkg-deb --root-owner-group -Z\(compression) -b p a.deb >/dev/null
            """,
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        return folder.file("a.deb")
    }

    private func write(_ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("b.deb")))
        return folder.file("b.deb")
    }

    private func contents(_ item: DebianPackage.Item) throws -> String? {
        guard let content = item.content else { return nil }
        var bytes: [UInt8] = []
        try readFileInPieces(content.path, offset: content.offset, byteCount: content.byteCount) {
            bytes.append(contentsOf: $0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: ["xz", "gzip", "zstd", "none"]) func `reads what dpkg-deb built`(compression: String) throws {
        let package = try DebianPackage(path: build(compression), into: spool) { $0.hasPrefix("usr/share/é/") }
        #expect(package.name == "thing")
        #expect(package.version == "1")
        #expect(package.controlFiles.keys.sorted() == ["control", "postinst"])
        #expect(package.items.map(\.entry.path) == ["usr/share/é/file", "usr/share/é/link"])
        #expect(try package.items.map(contents) == ["hello", nil])
        #expect(package.items[1].entry.kind == .symbolicLink(target: "file"))
    }

    @Test func `hard links and long names are read`() throws {
        let long = String(repeating: "n", count: 240)
        let path = try build(extra: "ln p/usr/share/é/file p/usr/share/é/same && touch p/usr/share/é/\(long)")
        let items = try DebianPackage(path: path, into: spool).items
        let links = items.compactMap { item -> String? in
            if case .hardLink(let target) = item.entry.kind { return target }
            return nil
        }
        #expect(links.count == 1)
        #expect(items.contains { $0.entry.path == "usr/share/é/\(long)" })
    }

    @Test func `every truncation is refused`() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: build("none"))))
        for count in 0..<bytes.count - 20480 where count % 3 == 0 || count < 200 {
            let path = try write(Array(bytes[..<count]))
            #expect(throws: (any Error).self) { try DebianPackage(path: path, into: spool) }
        }
    }

    @Test func `mutations never trap`() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: build("gzip"))))
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            var copy = bytes
            for _ in 0..<3 {
                copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = try? DebianPackage(path: write(copy), into: spool)
        }
    }

    @Test func `more data than the limit is refused`() throws {
        var limits = DebianPackage.Limits()
        limits.byteCount = 5000
        let path = try build("xz", extra: "head -c 100000 /dev/zero >p/big")
        let error = #expect(throws: DebianPackagesError.self) {
            try DebianPackage(path: path, into: spool, limits: limits)
        }
        #expect(error?.code == .tooLarge)
        #expect(
            error?.description
                == "member `data.tar.xz`: entry `big`: the files of the package grow too large, expected at most 5000 bytes"
        )
    }

    @Test func `more entries than the limit are refused`() throws {
        var limits = DebianPackage.Limits()
        limits.entryCount = 20
        let path = try build("xz", extra: "for i in $(seq 30); do touch p/$i; done")
        let error = #expect(throws: DebianPackagesError.self) {
            try DebianPackage(path: path, into: spool, limits: limits)
        }
        #expect(error?.message == "the package has too many entries, expected at most 20")
    }

    /// A package whose archive of files is made by `tar`, as `dpkg-deb` would never make it.
    private func forge(_ tar: String) throws -> String {
        let made = try runTool(
            """
            set -e
            echo x >f && echo 2.0 >debian-binary && printf 'Package: p\\nVersion: 1\\nArchitecture: all\\n' >control
            tar -czf control.tar.gz ./control
            \(tar)
            ar rc a.deb debian-binary control.tar.gz data.tar.gz
            """,
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        return folder.file("a.deb")
    }

    static let slips: [(tar: String, words: String)] = [
        ("tar -P --transform 's,^f,../../etc/f,' -czf data.tar.gz f", "entry `../../etc/f`: the path climbs with `..`"),
        (
            "tar -P --transform 's,^f,/etc/f,' -czf data.tar.gz f",
            "entry `/etc/f`: the path is absolute, expected a relative one"
        ),
        (
            "ln f g && tar -P --transform 's,^f,../f,;s,^g,g,' --hard-dereference -czf data.tar.gz f g",
            "entry `../f`: the path climbs with `..`"
        ),
        (
            "mkfifo q && tar -czf data.tar.gz q",
            "entry `q`: devices, pipes and sockets are not supported, expected files, folders and links"
        ),
        (
            "truncate -s 1G hole && echo x >>hole && tar -S -czf data.tar.gz hole",
            "entry `hole`: files with holes are not supported"
        ),
    ]

    @Test(arguments: slips) func `entries that no package has are refused`(tar: String, words: String) throws {
        let path = try forge(tar)
        let error = #expect(throws: (any Error).self) { try DebianPackage(path: path, into: spool) }
        #expect(error.map { "\($0)" } == "member `data.tar.gz`: " + words)
    }

    @Test func `a package without what it says of itself is refused`() throws {
        let path = try forge(
            "tar -czf data.tar.gz f; printf 'Package: p\\n' >control; tar -czf control.tar.gz ./control"
        )
        let error = #expect(throws: DebianPackagesError.self) { try DebianPackage(path: path, into: spool) }
        #expect(error?.description == "file `control`: the field `version` is missing")
    }

    static let damages: [(String, String)] = [
        ("", "offset 0: the file is no ar archive, expected `!<arch>`"),
        ("!<arch>\nshort", "offset 8: the header of a member is cut off, expected 60 bytes, got 5"),
        (
            "!<arch>\n" + "name".padding(toLength: 48, withPad: " ", startingAt: 0) + "12x       `\n",
            "offset 56: the size of member `name` is no number, got `12x`"
        ),
        (
            "!<arch>\n" + "name".padding(toLength: 48, withPad: " ", startingAt: 0) + "9999999999`\n",
            "offset 68: member `name` is cut off, expected 9999999999 bytes, got 0"
        ),
    ]

    @Test(arguments: damages) func `a damaged ar archive is refused at its offset`(text: String, words: String) throws {
        let path = try write(Array(text.utf8))
        let error = #expect(throws: ArchiveError.self) { try readAr(path) }
        #expect(error?.description == words)
    }
}

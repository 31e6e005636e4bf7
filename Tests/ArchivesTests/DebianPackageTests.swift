import Archives
import Diagnostics
import Foundation
import TestSupport
import Testing

/// Packages that Debian's own `dpkg-deb` builds, as everything that runs apt has it.
@Suite struct DebianPackageTests {
    private func package(_ compression: String = "xz", extra: String = "") throws -> [UInt8] {
        let folder = try TemporaryFolder()
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
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.deb"))))
    }

    @Test(arguments: ["xz", "gzip", "zstd", "none"]) func `reads what dpkg-deb built`(compression: String) throws {
        let package = try DebianPackage(package(compression)) { $0.hasPrefix("usr/share/é/") }
        #expect(package.control.hasPrefix("Package: thing\nVersion: 1\n"))
        #expect(package.scripts == ["postinst"])
        #expect(package.items.map(\.entry.path) == ["usr/share/é/file", "usr/share/é/link"])
        #expect(package.items.map(\.bytes) == [Array("hello".utf8), []])
        #expect(package.items[1].entry.kind == .symbolicLink(target: "file"))
    }

    @Test func `every truncation is refused`() throws {
        let bytes = try package("none")
        for count in 0..<bytes.count - 20480 where count % 3 == 0 || count < 200 {
            #expect(throws: (any Error).self) { try DebianPackage(Array(bytes[..<count])) { _ in true } }
        }
    }

    @Test func `mutations never trap`() throws {
        let bytes = try package("gzip")
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            var copy = bytes
            for _ in 0..<3 {
                copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = try? DebianPackage(copy) { _ in true }
        }
    }

    @Test func `more data than the limit is refused`() throws {
        let error = #expect(throws: ArchiveError.self) {
            try DebianPackage(package("xz", extra: "head -c 100000 /dev/zero >p/big"), limit: 5000) { _ in true }
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.description.hasPrefix("member `data.tar.xz`: the data grows too large") == true)
    }

    @Test func `a path that climbs out of the package is refused`() throws {
        let folder = try TemporaryFolder()
        let made = try runTool(
            """
            set -e
            echo x >f && echo 2.0 >debian-binary && printf 'Package: p\\n' >control
            tar -czf control.tar.gz ./control
            tar -P --transform 's,^f,../../etc/f,' -czf data.tar.gz f
            ar rc a.deb debian-binary control.tar.gz data.tar.gz
            """,
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.deb"))))
        let error = #expect(throws: ArchiveError.self) { try DebianPackage(bytes) { _ in true } }
        #expect(error?.description == "member `data.tar.gz`: entry `../../etc/f`: the path climbs with `..`")
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

    @Test(arguments: damages) func `a damaged ar archive is refused at its offset`(text: String, words: String) {
        let error = #expect(throws: ArchiveError.self) { try readAr(Array(text.utf8)) }
        #expect(error?.description == words)
    }
}

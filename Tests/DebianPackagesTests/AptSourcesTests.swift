import DebianPackages
import Foundation
import TestSupport
import Testing

@Suite struct AptSourcesTests {
    @Test func `both forms of apt's configuration are read, in apt's order`() throws {
        let folder = try TemporaryFolder()
        let made = try runTool(
            """
            mkdir sources.list.d
            cat >sources.list <<'END'
            # deb http://commented.example/debian bookworm main
            deb http://one.example/debian/ bookworm main contrib # and why
            deb-src http://one.example/debian bookworm main
            deb [ arch=amd64 signed-by=/k.gpg ] https://two.example/debian bookworm-updates main
            deb cdrom:[Debian]/ bookworm main
            END
            cat >sources.list.d/b.sources <<'END'
            Types: deb deb-src
            URIs: http://three.example/debian
              http://four.example/debian
            # a comment between
            Suites: bookworm bookworm-updates
            Components: main
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            Types: deb
            URIs: http://off.example/debian
            Suites: bookworm
            Components: main
            Enabled: no
            END
            echo 'deb http://zero.example/x ./' >sources.list.d/a.list
            echo 'deb http://backup.example/x ./' >sources.list.d/a.list.save
            """,
            folder: folder.path
        )
        #expect(made.status == 0)
        let sources = readAptSources(root: folder.path)
        #expect(
            sources.map(\.address) == [
                "http://one.example/debian", "https://two.example/debian", "http://zero.example/x",
                "http://three.example/debian", "http://four.example/debian",
            ]
        )
        #expect(sources.map(\.suites).first == ["bookworm"])
        #expect(sources[0].components == ["main", "contrib"])
        #expect(sources[1].keyrings == [.file("/k.gpg")])
        #expect(sources[3].suites == ["bookworm", "bookworm-updates"])
        #expect(sources[3].keyrings == [.file("/usr/share/keyrings/debian-archive-keyring.gpg")])
    }

    @Test func `several keyrings, fingerprints and keys in the source are told apart`() throws {
        let folder = try TemporaryFolder()
        let made = try runTool(
            """
            mkdir sources.list.d
            echo 'deb [signed-by=/a.gpg,/b.asc] http://one.example/debian bookworm main' >sources.list
            cat >sources.list.d/b.sources <<'END'
            Types: deb
            URIs: http://two.example/debian
            Suites: bookworm
            Signed-By: /a.gpg, /b.asc
              ABAF11C65A2970B130ABE3C479BE3E4300411886!

            Types: deb
            URIs: http://three.example/debian
            Suites: bookworm
            Signed-By:
             -----BEGIN PGP PUBLIC KEY BLOCK-----
             .
             mA==
             -----END PGP PUBLIC KEY BLOCK-----
            END
            """,
            folder: folder.path
        )
        #expect(made.status == 0)
        let sources = readAptSources(root: folder.path)
        try #require(sources.count == 3)
        let files: [Keyring] = [.file("/a.gpg"), .file("/b.asc")]
        #expect(sources[0].keyrings == files)
        #expect(sources[1].keyrings == files + [.fingerprint("ABAF11C65A2970B130ABE3C479BE3E4300411886!")])
        let block = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n.\nmA==\n-----END PGP PUBLIC KEY BLOCK-----"
        #expect(sources[2].keyrings == [.inline("\n" + block)])
    }

    @Test func `a machine without apt has no sources`() throws {
        #expect(readAptSources(root: try TemporaryFolder().path) == [])
    }
}

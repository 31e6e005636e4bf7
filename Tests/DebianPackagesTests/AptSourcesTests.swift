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
        #expect(sources[1].keyring == "/k.gpg")
        #expect(sources[3].suites == ["bookworm", "bookworm-updates"])
        #expect(sources[3].keyring == "/usr/share/keyrings/debian-archive-keyring.gpg")
    }

    @Test func `a machine without apt has no sources`() throws {
        #expect(readAptSources(root: try TemporaryFolder().path) == [])
    }
}

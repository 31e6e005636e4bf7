import ContentStore
import DebianPackages
import Diagnostics
import Downloads
import Foundation
import TestSupport
import Testing

/// Archives on the loopback, with a suite of one package.
@Suite struct DebianArchivesTests {
    private let folder: TemporaryFolder
    private let server: FileServer
    private let downloader: Downloader

    /// 2026-01-01.
    private static let now = 1_767_225_600

    init() throws {
        folder = try TemporaryFolder()
        server = try FileServer()
        downloader = Downloader(store: try ContentStore(root: folder.file("store")))
    }

    /// Serves a suite; the path of its release file.
    private func serve(fields: String = "", list: [String] = ["a 1 Depends: b", "b 2"]) throws -> String {
        try Data(packageList(list)).write(to: URL(fileURLWithPath: folder.file("Packages")))
        let made = try runTool(
            "gzip -kn Packages && stat -c %s Packages.gz && sha256sum <Packages.gz",
            folder: folder.path
        )
        let words = made.output.split { $0 == " " || $0 == "\n" }
        try #require(words.count >= 2)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("Packages.gz"))))
        server.serve("/dists/bookworm/main/binary-arm64/Packages.gz", bytes)
        let release = """
            Origin: Debian
            Label: Debian-Test
            Suite: oldstable
            Codename: bookworm
            \(fields)
            SHA256:
             \(words[1]) \(words[0]) main/binary-arm64/Packages.gz

            """.replacingOccurrences(of: "\n\n", with: "\n")
        try release.write(toFile: folder.file("Release"), atomically: true, encoding: .utf8)
        server.serve("/dists/bookworm/Release", Array(release.utf8))
        return folder.file("Release")
    }

    private func archives(
        _ sources: [AptSource]? = nil,
        allowsUnsigned: Bool = true,
        isOffline: Bool = false,
        now: Int = now
    ) -> DebianArchives {
        DebianArchives(
            sources: sources
                ?? [AptSource(address: server.address + "/", suites: ["bookworm"], components: ["main", "contrib"])],
            downloader: Downloader(store: downloader.store, isOffline: isOffline),
            policy: DebianArchives.Policy(allowsUnsigned: allowsUnsigned, now: now)
        )
    }

    @Test func `a suite is read, and names its archive by label`() throws {
        _ = try serve()
        var warnings: [String] = []
        let index = try archives().index(suites: ["bookworm"], architecture: "arm64") { warnings.append($0) }
        let packages = try index.resolve(["a"]).packages
        #expect(packages.map(\.name) == ["a", "b"])
        #expect(packages.map(\.archive) == ["Debian-Test", "Debian-Test"])
        #expect(packages.map(\.suite) == ["bookworm", "bookworm"])
        #expect(warnings == ["`\(server.address)/dists/bookworm/Release` is not signed"])
    }

    @Test func `offline, the lists are those of the last time, and say how old they are`() throws {
        _ = try serve(fields: "Valid-Until: Sat, 05 Dec 2026 02:53:00 UTC")
        let offline = archives(isOffline: true, now: 2 * Self.now)
        let error = #expect(throws: DownloadError.self) {
            try offline.index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
        #expect(
            error?.description == "suite `bookworm`: its list of packages for arm64 is not in the cache "
                + "`\(downloader.store.root)`, and nothing is fetched offline"
        )
        _ = try archives().index(suites: ["bookworm"], architecture: "arm64") { _ in }
        let count = server.requests.count
        var warnings: [String] = []
        let index = try offline.index(suites: ["bookworm"], architecture: "arm64") { warnings.append($0) }
        #expect(try index.resolve(["a"]).packages.map(\.name) == ["a", "b"])
        #expect(server.requests.count == count)
        let release = "`\(server.address)/dists/bookworm/Release`"
        #expect(warnings.first?.wholeMatch(of: /offline: `.*Release` is as it was [0-9]+ seconds? ago/) != nil)
        #expect(warnings.last == "\(release) is not signed")
        let key = Digest(of: Array("release file \(server.address)/dists/bookworm/Release".utf8))
        try downloader.store.setRecord(key, Array("\(Digest(of: [1]).hex) 0".utf8))
        #expect(throws: DownloadError.self) {
            try offline.index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
    }

    @Test(arguments: [["bookworm"], ["bookworm", "bookworm-security"]])
    func `a suite that no source has, or that is not at its source, is an error`(suites: [String]) throws {
        _ = try serve()
        let source = AptSource(address: server.address, suites: suites, components: ["main"])
        let error = #expect(throws: DebianPackagesError.self) {
            try archives([source]).index(suites: ["bookworm", "bookworm-security"], architecture: "arm64") { _ in }
        }
        #expect(error?.code == .sources)
        #expect(error?.description.hasPrefix("suite `bookworm-security`: no source has the suite for arm64") == true)
        #expect(error?.hint?.contains("take it out of `suites`") == true)
        #expect(throws: DebianPackagesError.self) {
            try archives().index(suites: ["bookworm"], architecture: "amd64") { _ in }
        }
    }

    @Test func `a release file without a signature is refused`() throws {
        let release = try serve()
        server.serve("/dists/bookworm/InRelease", [UInt8](try Data(contentsOf: URL(fileURLWithPath: release))))
        let error = #expect(throws: DebianPackagesError.self) {
            try archives(allowsUnsigned: false).index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
        #expect(error?.code == .signature)
    }

    @Test func `the key that a source names has to have signed`() throws {
        guard hasTool("gpg"), hasTool("gpgv") else { return }
        let made = try runTool(
            """
            set -e
            cp "$1" release; mkdir -m 700 home; export GNUPGHOME=$PWD/home
            for name in good other; do
                gpg -q --batch --passphrase '' --quick-gen-key $name@example.org default default never
                gpg -q --export $name@example.org >$name.gpg
            done
            gpg -q --batch -u good@example.org --clearsign -o InRelease release
            for name in good other; do
                mkdir $name
                echo "deb [signed-by=$PWD/$name.gpg] $2 bookworm main" >$name/sources.list
            done
            gpgconf --kill all
            """,
            [serve(), server.address],
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        let signed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("InRelease"))))
        server.serve("/dists/bookworm/InRelease", signed)
        let good = archives(readAptSources(root: folder.file("good")), allowsUnsigned: false)
        let index = try good.index(suites: ["bookworm"], architecture: "arm64") { _ in }
        #expect(try index.resolve(["b"]).packages.count == 1)
        let other = archives(readAptSources(root: folder.file("other")), allowsUnsigned: false)
        let error = #expect(throws: DebianPackagesError.self) {
            try other.index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
        #expect(error?.message.hasPrefix("the signature is not good: ") == true)
        let unsigned = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("release"))))
        server.serve("/dists/bookworm/InRelease", unsigned)
        let missing = #expect(throws: DebianPackagesError.self) {
            try good.index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
        #expect(
            missing?.description == "`\(server.address)/dists/bookworm/InRelease`: the file has no signature, expected "
                + "one in it as `-----BEGIN PGP SIGNED MESSAGE-----`"
        )
        server.serve("/dists/bookworm/InRelease", signed.map { $0 == UInt8(ascii: "w") ? UInt8(ascii: "v") : $0 })
        #expect(throws: DebianPackagesError.self) {
            try good.index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
    }

    @Test func `keys in armor, lists of keyrings and keys in a source verify what they signed`() throws {
        guard hasTool("gpg"), hasTool("gpgv") else { return }
        let made = try runTool(
            """
            set -e
            cp "$1" release; mkdir -m 700 home; export GNUPGHOME=$PWD/home
            for name in good other; do
                gpg -q --batch --passphrase '' --quick-gen-key $name@example.org default default never
                gpg -q --armor --export $name@example.org >$name.asc
            done
            gpg -q --batch -u good@example.org --clearsign -o InRelease release
            mkdir one both inline word torn
            echo "deb [signed-by=$PWD/good.asc] $2 bookworm main" >one/sources.list
            echo "deb [signed-by=$PWD/other.asc,$PWD/good.asc] $2 bookworm main" >both/sources.list
            echo "deb [signed-by=ABAF11C65A2970B1] $2 bookworm main" >word/sources.list
            head -n 5 good.asc >torn.asc
            echo "deb [signed-by=$PWD/torn.asc] $2 bookworm main" >torn/sources.list
            mkdir inline/sources.list.d
            (
                printf 'Types: deb\\nURIs: %s\\nSuites: bookworm\\nComponents: main\\nSigned-By:\\n' "$2"
                sed 's/^$/./; s/^/ /' good.asc
            ) >inline/sources.list.d/a.sources
            gpgconf --kill all
            """,
            [serve(), server.address],
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        let signed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("InRelease"))))
        server.serve("/dists/bookworm/InRelease", signed)
        func index(_ name: String) throws -> PackageIndex {
            try archives(readAptSources(root: folder.file(name)), allowsUnsigned: false)
                .index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
        for name in ["one", "both", "inline"] { #expect(try index(name).tables.map(\.count) == [2]) }
        let word = #expect(throws: DebianPackagesError.self) { try index("word") }
        #expect(word?.code == .unsupported && word?.message.contains("`ABAF11C65A2970B1`") == true)
        let torn = #expect(throws: DebianPackagesError.self) { try index("torn") }
        #expect(
            torn?.description == "`\(folder.file("torn.asc"))`: the keyring holds no keys, expected a block of "
                + "`-----BEGIN PGP PUBLIC KEY BLOCK-----`"
        )
    }

    static let stale: [(fields: String, words: String)] = [
        (
            "Valid-Until: Wed, 31 Dec 2025 23:59:59 UTC",
            "the release file is too old, expected it before `Wed, 31 Dec 2025 23:59:59 UTC`"
        ),
        (
            "Valid-Until: tomorrow",
            "the date has another form, expected one like `Sat, 05 Dec 2026 02:53:00 UTC`, got `tomorrow`"
        ),
        ("Codename: sid", "the release file is another suite's, expected `bookworm`, got `sid` and `oldstable`"),
    ]

    @Test(arguments: stale) func `a release file that is old or another suite's is refused`(
        fields: String,
        words: String
    ) throws {
        _ = try serve(fields: fields)
        let error = #expect(throws: DebianPackagesError.self) {
            try archives().index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
        #expect(error?.message == words)
    }

    @Test func `a release file is good up to its last second`() throws {
        _ = try serve(fields: "Valid-Until: Thu, 01 Jan 2026 00:00:00 UTC")
        #expect(try archives().index(suites: ["bookworm"], architecture: "arm64") { _ in }.tables.map(\.count) == [2])
    }

    @Test func `a list with another digest is refused`() throws {
        _ = try serve()
        let path = "/dists/bookworm/main/binary-arm64/Packages.gz"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("Packages.gz"))))
        server.serve(path, bytes.dropLast() + [0xFF])
        let error = #expect(throws: DownloadError.self) {
            try archives().index(suites: ["bookworm"], architecture: "arm64") { _ in }
        }
        #expect(error?.code == .digestMismatch)
    }

    @Test func `a package with another digest is refused, and one that is gone says what to do`() throws {
        let bytes = Array("package".utf8)
        func fetch(_ path: String, _ digest: Digest) throws -> String {
            try archives().fetch(
                name: "a",
                version: "1",
                suite: "bookworm",
                path: path,
                digest: digest,
                byteCount: bytes.count
            )
        }
        server.serve("/pool/a.deb", bytes)
        let wrong = #expect(throws: DownloadError.self) { try fetch("pool/a.deb", Digest(of: [1])) }
        #expect(wrong?.code == .digestMismatch)
        let gone = #expect(throws: DebianPackagesError.self) { try fetch("pool/b.deb", Digest(of: bytes)) }
        #expect(gone?.description == "package `a` (1): the locked version is at no source of this machine's apt")
        #expect(gone?.hint?.contains("`mlpack environment lock`") == true)
        #expect(try fetch("pool/a.deb", Digest(of: bytes)) == downloader.store.path(of: Digest(of: bytes)))
    }
}

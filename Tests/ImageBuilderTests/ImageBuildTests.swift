import ContentStore
import DebianPackages
import Diagnostics
import Downloads
import Environments
import Foundation
import ImageBuilder
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// A 64-bit little-endian ELF executable of nothing but headers.
func elf(machine: UInt8 = 62, segments: [UInt8] = [1], type: UInt8 = 2) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64 + 56 * segments.count)
    bytes.replaceSubrange(0..<7, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1])
    bytes[16] = type
    bytes[18] = machine
    bytes[32] = 64
    bytes[54] = 56
    bytes[56] = UInt8(segments.count)
    for (index, segment) in segments.enumerated() { bytes[64 + 56 * index] = segment }
    return bytes
}

/// A build of the repository's environment from a package that stands in for ca-certificates.
@Suite struct ImageBuildTests {
    private let folder: TemporaryFolder
    private let server: FileServer
    private let store: ContentStore

    init() throws {
        folder = try TemporaryFolder()
        server = try FileServer()
        store = try ContentStore(root: folder.file("store"))
        let made = try runTool(
            """
            set -e
            mkdir -p p/DEBIAN p/usr/share/ca-certificates/mozilla p/usr/share/doc/ca-certificates
            printf 'Package: ca-certificates\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.c>\\nDescription: d\\n' \
                >p/DEBIAN/control
            printf 'BEGIN b\\n' >p/usr/share/ca-certificates/mozilla/Főtanúsítvány.crt
            printf 'BEGIN a' >p/usr/share/ca-certificates/mozilla/A.crt
            echo free >p/usr/share/doc/ca-certificates/copyright
            echo unwanted >p/usr/share/doc/ca-certificates/NEWS
            chmod -R u=rwX,go=rX p
            dpkg-deb --root-owner-group -b p a.deb >/dev/null
            mkdir -p environments/onnx-serve
            cp "$1/images/onnx-serve/environment.yaml" environments/onnx-serve/
            printf model >model.onnx
            """,
            [repositoryRoot],
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        let deb = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.deb"))))
        server.serve("/debian/pool/a.deb", deb)
        let manifest = try Data(
            contentsOf: URL(fileURLWithPath: folder.file("environments/onnx-serve/environment.yaml"))
        )
        let package = EnvironmentLock.Package(
            name: "ca-certificates",
            version: "1",
            architecture: "all",
            archive: "Debian",
            suite: "bookworm",
            path: "pool/a.deb",
            digest: Digest(of: deb),
            byteCount: deb.count,
            source: "ca-certificates"
        )
        let lock = EnvironmentLock(
            manifest: Digest(of: [UInt8](manifest)),
            platforms: [.init(architecture: "amd64", packages: [package])]
        )
        try Data(lock.bytes).write(
            to: URL(fileURLWithPath: folder.file("environments/onnx-serve/environment.lock.json"))
        )
        try Data(elf()).write(to: URL(fileURLWithPath: folder.file("mlpack-serve")))
    }

    private func build(
        model: String = "model.onnx",
        store: ContentStore? = nil,
        isOffline: Bool = false,
        architecture: String = "amd64",
        adding added: [(source: String, path: String)] = []
    ) throws -> (image: Image, report: ImageBuild.Report) {
        let environment = try CuratedEnvironment(folder: folder.file("environments/onnx-serve"))
        var build = ImageBuild(
            environment: environment,
            fetcher: try EnvironmentFetcher(
                for: environment.manifest,
                downloader: Downloader(store: store ?? self.store, isOffline: isOffline),
                mirrors: [server.address + "/debian"]
            )
        )
        build.servers = [try ServerExecutable(path: folder.file("mlpack-serve"))]
        build.model = try PackedModel(name: "iris", path: folder.file(model))
        build.version = "1"
        build.added = try AddedFiles(added.map { (source: folder.file($0.source), path: $0.path) })
        return try build.run(architecture: architecture)
    }

    @Test func `the image holds what the environment names, and the model on top`() throws {
        let (image, report) = try build()
        try validate(image)
        #expect(report.layers.map(\.descriptor.mediaType) == [.layerGzip, .layerGzip, .layer])
        #expect(report.layers.map(\.isReused) == [false, false, false])
        try LayoutFolderSink().write(image, names: [ImageReference(parsing: "iris:1")], to: folder.file("layout"))
        var listing = ""
        for layer in image.manifest.layers {
            listing += try runTool(
                "tar --numeric-owner --utc --full-time -tvf \"$1\" | tr -s ' '",
                [folder.file("layout/blobs/sha256/\(layer.digest.hex)")]
            ).output
        }
        let entries = listing.split(separator: "\n").map { line -> String in
            let words = line.split(separator: " ")
            return [words[0], words[1], words[5]].joined(separator: " ")
        }
        #expect(listing.split(separator: "\n").allSatisfy { $0.contains(" 1970-01-01 00:00:00 ") })
        #expect(
            entries == [
                "drwxr-xr-x 0/0 etc/", "-rw-r--r-- 0/0 etc/group", "-rw-r--r-- 0/0 etc/passwd",
                "drwxr-xr-x 0/0 etc/ssl/",
                "drwxr-xr-x 0/0 etc/ssl/certs/", "-rw-r--r-- 0/0 etc/ssl/certs/ca-certificates.crt",
                "drwxr-xr-x 0/0 home/", "drwx------ 65532/65532 home/nonroot/", "drwxrwxrwt 0/0 tmp/",
                "drwxr-xr-x 0/0 usr/",
                "drwxr-xr-x 0/0 usr/share/", "drwxr-xr-x 0/0 usr/share/doc/",
                "drwxr-xr-x 0/0 usr/share/doc/ca-certificates/",
                "-rw-r--r-- 0/0 usr/share/doc/ca-certificates/copyright", "drwxr-xr-x 0/0 var/",
                "drwxr-xr-x 0/0 var/lib/",
                "drwxr-xr-x 0/0 var/lib/dpkg/", "drwxr-xr-x 0/0 var/lib/dpkg/status.d/",
                "-rw-r--r-- 0/0 var/lib/dpkg/status.d/ca-certificates",
                "drwxr-xr-x 0/0 usr/", "drwxr-xr-x 0/0 usr/bin/", "-rwxr-xr-x 0/0 usr/bin/mlpack-serve",
                "drwxr-xr-x 0/0 models/", "drwxr-xr-x 0/0 models/iris/", "drwxr-xr-x 0/0 models/iris/1/",
                "-rw-r--r-- 0/0 models/iris/1/model.onnx",
            ]
        )
        let bundle = try runTool(
            "tar -xOzf \"$1\" etc/ssl/certs/ca-certificates.crt etc/passwd",
            [folder.file("layout/blobs/sha256/\(image.manifest.layers[0].digest.hex)")]
        )
        #expect(bundle.output.hasSuffix("BEGIN a\nBEGIN b\n"))
        #expect(bundle.output.hasPrefix("root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:"))
    }

    @Test func `the config says how the container runs`() throws {
        let config = try build().image.config
        #expect(config.user == "65532:65532")
        #expect(config.entrypoint == ["/usr/bin/mlpack-serve"])
        #expect(config.command == ["/models"])
        #expect(config.exposedPorts == ["8000/tcp", "8001/tcp", "8002/tcp"])
        #expect(config.stopSignal == "SIGTERM")
        #expect(config.environment.contains("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"))
        #expect(config.labels["dev.mlpack.model.digest"] == Digest(of: Array("model".utf8)).description)
        #expect(config.labels["org.opencontainers.image.version"] == "1")
    }

    @Test func `another store, umask and time zone give the same digest`() throws {
        let first = try build().image.digest
        let mask = umask(0o077)
        defer { umask(mask) }
        let store = try ContentStore(root: folder.file("another"))
        #expect(try build(store: store).image.digest == first)
        #expect(try build(store: store).image.digest == first)
    }

    @Test func `another model is one other layer, and the rest comes from the cache, offline`() throws {
        let first = try build()
        try Data("other".utf8).write(to: URL(fileURLWithPath: folder.file("other.onnx")))
        let second = try build(model: "other.onnx", isOffline: true)
        #expect(second.report.layers.map(\.isReused) == [true, true, false])
        #expect(second.image.manifest.layers.prefix(2) == first.image.manifest.layers.prefix(2))
        #expect(second.image.manifest.layers[2] != first.image.manifest.layers[2])
        #expect(server.requests == ["/debian/pool/a.deb"])
    }

    @Test func `a manifest that changed after it was locked is refused`() throws {
        let path = folder.file("environments/onnx-serve/environment.yaml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "# edited\n").write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: EnvironmentError.self) { try build() }
        #expect(error?.code == .stale)
        #expect(error?.hint == "run `mlpack environment lock onnx-serve`")
    }

    @Test func `a version that left the mirror is an error that says what to do`() throws {
        let gone = try FileServer()
        let environment = try CuratedEnvironment(folder: folder.file("environments/onnx-serve"))
        let build = ImageBuild(
            environment: environment,
            fetcher: try EnvironmentFetcher(
                for: environment.manifest,
                downloader: Downloader(store: store),
                mirrors: [gone.address]
            )
        )
        let error = #expect(throws: DebianPackagesError.self) { try build.run(architecture: "amd64") }
        #expect(
            error.map { DiagnosticText($0).description } == """
                error: package `ca-certificates` (1): the locked version is at no source of this machine's apt
                cause: `\(gone.address)/pool/a.deb`: the server has no such file
                hint: take the current version with `mlpack environment lock`, or keep the locked one with --mirror \
                <address of an archive that has it>
                """
        )
    }

    @Test func `what stands on top leaves links and rights of the environment as they are`() throws {
        try edit {
            $0.replacingOccurrences(
                of: "  certificates:",
                with: "  links: [{path: /bin, target: usr/bin}]\n  certificates:"
            )
        }
        let (image, _) = try build(adding: [
            ("model.onnx", "/tmp/x"), ("model.onnx", "bin/y"), ("model.onnx", "/home/nonroot/z"),
        ])
        let layer = try #require(image.manifest.layers.dropLast().last)
        try LayoutFolderSink().write(image, names: [], to: folder.file("layout"))
        let listing = try runTool(
            "tar --numeric-owner -tvf \"$1\" | tr -s ' ' | cut -d' ' -f1,2,6",
            [folder.file("layout/blobs/sha256/\(layer.digest.hex)")]
        )
        #expect(
            listing.output.split(separator: "\n") == [
                "drwxr-xr-x 0/0 home/", "drwx------ 65532/65532 home/nonroot/", "-rw-r--r-- 0/0 home/nonroot/z",
                "drwxrwxrwt 0/0 tmp/", "-rw-r--r-- 0/0 tmp/x", "drwxr-xr-x 0/0 usr/", "drwxr-xr-x 0/0 usr/bin/",
                "-rw-r--r-- 0/0 usr/bin/y",
            ]
        )
        let error = #expect(throws: ImageBuilderError.self) { try build(adding: [("model.onnx", "/bin")]) }
        #expect(error?.code == .conflict)
    }

    /// Changes the manifest, and makes the lock belong to it again.
    private func edit(_ change: (String) -> String) throws {
        let path = folder.file("environments/onnx-serve/environment.yaml")
        var lock = try CuratedEnvironment(folder: folder.file("environments/onnx-serve")).currentLock()
        let text = change(try String(contentsOfFile: path, encoding: .utf8))
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        lock.manifest = Digest(of: Array(text.utf8))
        try Data(lock.bytes).write(
            to: URL(fileURLWithPath: folder.file("environments/onnx-serve/environment.lock.json"))
        )
    }

    @Test func `a package that is damaged in the cache is fetched anew`() throws {
        let first = try build().image.digest
        let lock = try CuratedEnvironment(folder: folder.file("environments/onnx-serve")).currentLock()
        let package = try #require(lock.platforms.first?.packages.first)
        try Data([UInt8](repeating: 7, count: package.byteCount)).write(
            to: URL(fileURLWithPath: store.path(of: package.digest))
        )
        try FileManager.default.removeItem(atPath: store.root + "/records")
        try FileManager.default.createDirectory(atPath: store.root + "/records", withIntermediateDirectories: true)
        #expect(try build().image.digest == first)
        #expect(server.requests == ["/debian/pool/a.deb", "/debian/pool/a.deb"])
    }

    @Test func `a package that is not what the lock says is refused`() throws {
        var lock = try CuratedEnvironment(folder: folder.file("environments/onnx-serve")).currentLock()
        lock.platforms[0].packages[0].version = "2"
        try Data(lock.bytes).write(
            to: URL(fileURLWithPath: folder.file("environments/onnx-serve/environment.lock.json"))
        )
        let error = #expect(throws: EnvironmentError.self) { try build() }
        #expect(
            error?.message == "the file is not what the lock says: the version is another, expected `2`, got `1`"
        )
    }

    @Test func `a path to keep that the package does not have is refused by name`() throws {
        let path = folder.file("environments/onnx-serve/environment.yaml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "ca-certificates/copyright]", with: "ca-certificates/copyright, usr/share/other]")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        var lock = try #require(try CuratedEnvironment(folder: folder.file("environments/onnx-serve")).lock())
        lock.manifest = Digest(of: Array(text.utf8))
        try Data(lock.bytes).write(
            to: URL(fileURLWithPath: folder.file("environments/onnx-serve/environment.lock.json"))
        )
        let error = #expect(throws: EnvironmentError.self) { try build() }
        #expect(error?.message == "`keep` names `usr/share/other`, which version `1` does not have")
        #expect(error?.place.description == "package `ca-certificates`")
    }

    @Test func `an architecture without a server is refused by name`() throws {
        let environment = try CuratedEnvironment(folder: folder.file("environments/onnx-serve"))
        var lock = try environment.currentLock()
        lock.platforms.append(.init(architecture: "arm64", packages: lock.platforms[0].packages))
        try Data(lock.bytes).write(to: URL(fileURLWithPath: environment.lockPath))
        let error = #expect(throws: (any Error).self) { try build(architecture: "arm64") }
        #expect((error as? any Diagnostic)?.hint == "name one with --server linux/arm64=<path>")
    }

    @Test(arguments: ["", ".iris", "a/b", "é", String(repeating: "a", count: 129)])
    func `a model's name has to fit into a path`(name: String) {
        let error = #expect(throws: ImageBuilderError.self) {
            try PackedModel(name: name, path: folder.file("model.onnx"))
        }
        #expect(error?.code == .modelName)
        #expect(error?.kind == .usage)
    }
}

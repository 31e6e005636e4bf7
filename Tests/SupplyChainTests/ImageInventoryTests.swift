import ContentStore
import Diagnostics
import JSON
import OCIArchive
import OCIImage
import SupplyChain
import TestSupport
import Testing

@Suite struct ImageInventoryTests {
    private func image(_ layers: [[(path: String, text: String)]]) throws -> Image {
        let folder = try TemporaryFolder()
        let store = try ContentStore(root: folder.file("store"))
        var config = ImageConfig()
        config.entrypoint = ["/usr/bin/mlpack-serve"]
        config.labels["dev.mlpack.version"] = "0.1.0"
        return Image(
            config: config,
            layers: try layers.map { files in
                var tree = LayerTree()
                for (path, text) in files {
                    let bytes = Array(text.utf8)
                    try tree.add(path, .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644)
                }
                return try tree.layer(compression: .none, createdBy: "test", in: store)
            }
        )
    }

    /// An image without layers that others made.
    private func image(config: JSONObject) throws -> Image {
        let bytes = JSONValue.object(config).serialized()
        let descriptor = Descriptor(mediaType: .imageConfig, digest: Digest(of: bytes), byteCount: bytes.count)
        let manifest = ImageManifest(config: descriptor, layers: [])
        return try Image(manifestBytes: manifest.json.serialized()) { digest in
            digest == descriptor.digest ? MemoryBlob(bytes) : nil
        }
    }

    private let libc = """
        Package: libc6
        Source: glibc (2.36)
        Version: 2.36-9
        Architecture: amd64
        Maintainer: GNU Libc Maintainers <x@example.org>
        Depends: libgcc-s1 (>= 3.0), debconf (>= 0.5) | debconf-2.0, libcrypt1:any
        Description: a
         Package: not-one

        """

    @Test func `licences that are too large together are refused`() throws {
        let blob = MemoryBlob([UInt8](repeating: UInt8(ascii: "x"), count: 31 << 20))
        var tree = LayerTree()
        for number in 0..<9 {
            try tree.add("usr/share/doc/\(number)/copyright", .file(blob, byteCount: blob.bytes.count), mode: 0o644)
        }
        let folder = try TemporaryFolder()
        let layer = try tree.layer(compression: .none, createdBy: "test", in: ContentStore(root: folder.path))
        let error = #expect(throws: (any Error).self) {
            try Inventory(Image(config: ImageConfig(), layers: [layer]), named: "x")
        }
        let words = "the lists of packages and licences are too large together, expected at most 268435456 bytes"
        #expect((error as? any Diagnostic)?.message == words)
    }

    @Test func `packages, distributions, models and the server are found, with their layers`() throws {
        let image = try image([
            [
                ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"), ("var/lib/dpkg/status.d/libc6", libc),
                ("var/lib/dpkg/status.d/libc6.md5sums", "0  x\n"), ("usr/bin/mlpack-serve", "executable"),
            ],
            [
                (
                    "usr/lib/python3/dist-packages/Numpy-2.dist-info/METADATA",
                    "Metadata-Version: 2.1\r\nName: Numpy\r\nVersion: 2.0\r\nLicense: a\r\n  b\r\n"
                        + "Classifier: License :: OSI Approved :: BSD License\r\n"
                        + "Requires-Dist: typing_extensions>=4; python_version < \"3.11\"\r\n"
                        + "Requires-Dist: pytest ; extra == 'test'\r\n\r\nVersion: 3\r\n"
                ),
                ("models/iris/1/model.onnx", "model"),
            ],
        ])
        let inventory = try Inventory(image, named: "iris")
        let layers = image.manifest.layers.map(\.digest)
        #expect(
            Set(inventory.components) == [
                .init(
                    "libc6",
                    version: "2.36-9",
                    kind: .debian(architecture: "amd64", source: "glibc", distribution: "debian-12"),
                    supplier: "GNU Libc Maintainers <x@example.org>",
                    dependsOn: ["libgcc-s1", "debconf", "debconf-2.0", "libcrypt1"],
                    layer: layers[0]
                ),
                .init(
                    "mlpack-serve",
                    version: "0.1.0",
                    kind: .server,
                    digest: Digest(of: Array("executable".utf8)),
                    path: "usr/bin/mlpack-serve",
                    layer: layers[0]
                ),
                .init(
                    "Numpy",
                    version: "2.0",
                    kind: .python,
                    licenses: ["BSD License"],
                    dependsOn: ["typing_extensions"],
                    layer: layers[1]
                ),
                .init(
                    "model.onnx",
                    kind: .model,
                    digest: Digest(of: Array("model".utf8)),
                    path: "models/iris/1/model.onnx",
                    layer: layers[1]
                ),
            ]
        )
    }

    @Test(arguments: [
        (nil, "1970-01-01T00:00:00Z"), ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
        ("yesterday", "1970-01-01T00:00:00Z"),
    ])
    func `the time of the document is that of the image`(created: String?, expected: String) throws {
        let json: JSONValue = ["architecture": "amd64", "os": "linux", "rootfs": ["type": "layers", "diff_ids": []]]
        var object = try #require(json.object)
        if let created { object["created"] = .string(created) }
        let image = try image(config: object)
        #expect(try Inventory(image, named: "x").created == expected)
    }

    @Test func `what an upper layer replaces is not there`() throws {
        let image = try image([
            [("models/iris/1/model.onnx", "old")],
            [("models/iris/1/model.onnx", "new")],
        ])
        let inventory = try Inventory(image, named: "iris")
        #expect(inventory.components.map(\.digest) == [Digest(of: Array("new".utf8))])
    }

    @Test func `licences are those of the files, in copyright files that machines read`() throws {
        let copyright = """
            Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

            Files: *
            Copyright: a
            License: GPL-2+ or
             Artistic

            Files: b
            License: Expat
             Permission is hereby granted

            Files: c
            License: Expat

            License: ISC
             text

            """
        func status(_ name: String) -> String { "Package: \(name)\nVersion: 1\n\n" }
        let image = try image([
            [
                ("var/lib/dpkg/status.d/a", status("a")), ("usr/share/doc/a/copyright", copyright),
                ("var/lib/dpkg/status.d/b", status("b")), ("usr/share/doc/b/copyright", "License: MIT\n\nFiles: x\n"),
            ]
        ])
        let found = try Inventory(image, named: "x").components.sorted { $0.name < $1.name }
        #expect(found.map(\.licenses) == [["GPL-2+ or", "Expat"], []])
    }

    @Test func `of dpkg's own database, what is installed counts`() throws {
        let status = """
            Package: a
            Status: install ok installed
            Version: 1

            Package: b
            Status: deinstall ok config-files
            Version: 1

            Package: c
            Status: hold ok installed
            Version: 1:2~3

            nonsense
            Version: 9

            """
        let inventory = try Inventory(image([[("var/lib/dpkg/status", status)]]), named: "x")
        #expect(inventory.components.map(\.name) == ["a", "c"])
        #expect(inventory.components.last?.version == "1:2~3")
    }
}

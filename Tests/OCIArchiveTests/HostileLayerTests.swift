import Archives
import ContentStore
import Diagnostics
import Foundation
import JSON
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// An entry of a tar that no honest tool writes: type `0` file, `1` hard link, `2` symbolic link, `3` device, `5` folder.
private struct RawEntry {
    var path: String
    var type: Character = "0"
    var target = ""
    var text = ""

    /// The header of POSIX.1-1988 with its checksum, and the data in blocks of 512 bytes.
    var bytes: [UInt8] {
        func field(_ text: String, _ count: Int) -> [UInt8] {
            Array(text.utf8.prefix(count)) + Array(repeating: 0, count: max(0, count - text.utf8.count))
        }
        let size = String(text.utf8.count, radix: 8)
        let head = field(path, 100) + field("0000644", 8) + field("0000000", 8) + field("0000000", 8)
        let numbers = field(String(repeating: "0", count: 11 - size.count) + size, 12) + field("00000000000", 12)
        let tail = field(String(type), 1) + field(target, 100) + field("ustar", 6) + Array("00".utf8) + field("", 247)
        let sum = (head + numbers + tail).reduce(8 * 32) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let check = field(String(repeating: "0", count: 6 - digits.count) + digits, 7) + Array(" ".utf8)
        let padding = [UInt8](repeating: 0, count: (512 - text.utf8.count % 512) % 512)
        return head + numbers + check + tail + Array(text.utf8) + padding
    }
}

private func layer(_ entries: [RawEntry]) -> ImageLayer {
    let bytes = entries.flatMap(\.bytes) + [UInt8](repeating: 0, count: 1024)
    let digest = Digest(of: bytes)
    return ImageLayer(
        descriptor: Descriptor(mediaType: .layer, digest: digest, byteCount: bytes.count),
        diffID: digest,
        history: ImageConfig.History(createdBy: "test"),
        blob: MemoryBlob(bytes)
    )
}

private func image(_ layers: [RawEntry]...) -> Image { Image(config: ImageConfig(), layers: layers.map(layer)) }

@Suite struct HostileLayerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func extract(_ image: Image, _ path: String = "") throws -> [String] {
        _ = try ImageExtraction(image, below: path, to: folder.file("out")).run()
        let listing = try runTool("cd \"$1\" && find . ! -type d | sort | xargs -r ls -d", [folder.file("out")])
        return listing.output.split(separator: "\n").map(String.init)
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: folder.file("out/" + path), encoding: .utf8)
    }

    private func nested(_ depth: Int) throws -> Image {
        var tree = LayerTree()
        let path = String(repeating: "a/", count: depth) + "file"
        try tree.add(path, .file(MemoryBlob([1]), byteCount: 1), mode: 0o644)
        let store = try ContentStore(root: folder.file("store"))
        return Image(config: ImageConfig(), layers: [try tree.layer(compression: .none, createdBy: "a", in: store)])
    }

    @Test func `deeply nested folders are extracted`() throws {
        let deep = try nested(255)
        #expect(try findings(in: deep).isEmpty)
        #expect(try ImageExtraction(deep, below: "a/a", to: folder.file("out")).run().fileCount == 1)
        let found = try runTool("find out -type d | wc -l", folder: folder.path)
        #expect(found.output == "254\n", "\(found.errors)")
    }

    @Test(
        arguments: [
            (["a/b", "a"], ["a/b through a"]), (["a", "a-b", "a/b", "a/c/d"], ["a/b through a", "a/c/d through a"]),
            (["a-b", "ab", "a0"], []),
        ] as [([String], [String])]
    )
    func `entries below what is no folder are found, whatever stands between them`(
        paths: [String],
        expected: [String]
    ) throws {
        let found = try findings(in: Image(config: ImageConfig(), layers: [layer(paths.map { RawEntry(path: $0) })]))
        let words = found.filter { $0.words.hasPrefix("the path goes through ") }.map { finding in
            "\(finding.path) through \(finding.words.split(separator: "`")[1])"
        }
        #expect(words == expected)
    }

    @Test(arguments: [
        [RawEntry(path: "../evil", text: "x")], [RawEntry(path: "/evil", text: "x")],
        [RawEntry(path: "a/../../evil", text: "x")], [RawEntry(path: "link", type: "1", target: "../../etc/passwd")],
        [RawEntry(path: "link", type: "1", target: "/etc/passwd")],
        [RawEntry(path: "link", type: "1", target: "nothing")],
        [RawEntry(path: "link", type: "2", target: "../outside")], [RawEntry(path: "device", type: "3")],
        [
            RawEntry(path: "a", type: "2", target: "b"), RawEntry(path: "b", type: "2", target: "a"),
            RawEntry(path: "a/x"),
        ],
    ])
    private func `what leads out is refused, and nothing is written`(entries: [RawEntry]) throws {
        #expect(throws: (any Error).self) { try extract(image(entries)) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func `a link that climbs through another one is refused, and found`() throws {
        let up = RawEntry(path: "d/p", type: "2", target: "q/../../secret")
        let dot = RawEntry(path: "d/q", type: "2", target: ".")
        let hostile = image([RawEntry(path: "d", type: "5"), up], [dot])
        let words = "the symbolic link climbs out of the image, got `q/../../secret`"
        #expect(try findings(in: hostile).map(\.words) == [words])
        let error = #expect(throws: OCIArchiveError.self) { try extract(hostile) }
        #expect(error?.message == "the symbolic link leads out of what is extracted, got `q/../../secret`")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        let loop = RawEntry(path: "d/r", type: "2", target: "r")
        let honest = image([RawEntry(path: "d/q/e", text: "x"), up, loop, RawEntry(path: "secret", text: "mine")])
        #expect(try findings(in: honest) == [])
        #expect(try extract(honest).contains("./d/p"))
        #expect(try text("d/p") == "mine")
    }

    @Test func `a link to a folder outside is not written through`() throws {
        let image = image(
            [RawEntry(path: "etc", type: "5"), RawEntry(path: "door", type: "2", target: "/etc")],
            [RawEntry(path: "door/passwd", text: "mine")]
        )
        #expect(try extract(image) == ["./door", "./etc/passwd"])
        #expect(try text("etc/passwd") == "mine")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("out/door")) == "etc")
    }

    @Test func `whiteouts hide what is below, and nothing of their own layer`() throws {
        let image = image(
            [
                RawEntry(path: "a/old", text: "1"), RawEntry(path: "b/old", text: "2"),
                RawEntry(path: "c/old", text: "3"),
            ],
            [
                RawEntry(path: "a/.wh.old"), RawEntry(path: "b/.wh..wh..opq"), RawEntry(path: "b/new", text: "4"),
                RawEntry(path: ".wh.c"), RawEntry(path: "c/new", text: "5"),
            ]
        )
        #expect(try extract(image) == ["./b/new", "./c/new"])
    }

    @Test func `a whiteout for each of very many folders takes no long time`() throws {
        let numbers = 0..<20_000
        let folders = numbers.map { RawEntry(path: "d/\($0)/x", text: "1") }
        let files = try ImageFiles(
            image(
                folders + [RawEntry(path: "e/\u{E9}", text: "1")],
                numbers.map { RawEntry(path: "d/.wh.\($0)") },
                folders,
                numbers.map { RawEntry(path: "d/\($0)", text: "2") },
                [RawEntry(path: "d/.wh..wh..opq"), RawEntry(path: "d/y/z")]
            )
        ).files
        #expect(Set(files.keys) == ["d", "d/y", "d/y/z", "e", "e/\u{E9}"])
    }

    /// A layer with a header of PAX that gives its one file a path of so many components.
    private func deepLayer(_ count: Int) -> [RawEntry] {
        let record = " path=" + String(repeating: "a/", count: count - 1) + "x\n"
        // The number in front counts itself.
        let sizes = (1...9).map { record.utf8.count + $0 }
        let size = sizes.first { String($0).utf8.count + record.utf8.count == $0 } ?? 0
        return [RawEntry(path: "head", type: "x", text: "\(size)\(record)"), RawEntry(path: "x", text: "1")]
    }

    @Test func `a path that no kernel opens is refused, before its folders are made`() throws {
        #expect(try ImageFiles(image(deepLayer(256))).files.count == 256)
        let deep = image(deepLayer(1000))
        for read in [{ _ = try ImageFiles(deep) }, { _ = try findings(in: deep) }] {
            let error = #expect(throws: ArchiveError.self) { try read() }
            #expect(error?.message == "the path is too deep, expected at most 256 components, got 1000")
        }
        let long = #expect(throws: ArchiveError.self) { try ImageFiles(image(deepLayer(20_000))) }
        #expect(long?.message == "the path is too long, expected at most 4095 bytes, got 39999")
    }

    @Test func `links that lead deeper and deeper are refused`() throws {
        let folders = String(repeating: "b/", count: 40)
        let links = (0..<7).map { number in
            RawEntry(path: "l\(number)", type: "2", target: (number == 0 ? "" : "l\(number - 1)/") + folders)
        }
        #expect(try ImageFiles(image(links + [RawEntry(path: "l5/x")])).files.count == 248)
        let error = #expect(throws: OCIArchiveError.self) { try ImageFiles(image(links + [RawEntry(path: "l6/x")])) }
        #expect(error?.message == "the path leads too deep, expected at most 256 components")
    }

    @Test func `whiteouts reach through links, and one at the root hides everything`() throws {
        let low = [RawEntry(path: "a/b/c", text: "1"), RawEntry(path: "l", type: "2", target: "/a/./b")]
        #expect(try Set(ImageFiles(image(low, [RawEntry(path: "l/.wh.c")])).files.keys) == ["a", "a/b", "l"])
        #expect(try Set(ImageFiles(image(low, [RawEntry(path: "l/.wh..wh..opq")])).files.keys) == ["a", "a/b", "l"])
        #expect(try Set(ImageFiles(image(low, [RawEntry(path: ".wh..wh..opq")])).files.keys) == [])
    }

    @Test func `a hard link keeps what its target had`() throws {
        let image = image(
            [RawEntry(path: "m/one", text: "1"), RawEntry(path: "m/two", type: "1", target: "m/one")],
            [RawEntry(path: "m/one", text: "other")]
        )
        #expect(try extract(image, "m") == ["./one", "./two"])
        #expect(try text("one") == "other")
        #expect(try text("two") == "1")
    }

    @Test func `of a path that stands twice in one layer the last bytes count`() throws {
        let image = image([
            RawEntry(path: "a", text: "first"), RawEntry(path: "b", type: "1", target: "a"),
            RawEntry(path: "a", text: "last"),
        ])
        #expect(try extract(image) == ["./a", "./b"])
        #expect(try text("a") == "last")
        #expect(try text("b") == "first")
        var read: [String: String] = [:]
        try ImageFiles(image).read(["a", "b"], of: image) { path, reader in
            try reader { read[path, default: ""] += String(decoding: $0, as: UTF8.self) }
        }
        #expect(read == ["a": "last", "b": "first"])
    }

    @Test func `a file becomes a folder, and a folder a file`() throws {
        let image = image(
            [RawEntry(path: "x/y", text: "1"), RawEntry(path: "z", text: "2")],
            [RawEntry(path: "x", text: "3"), RawEntry(path: "z", type: "5"), RawEntry(path: "z/w", text: "4")]
        )
        #expect(try extract(image) == ["./x", "./z/w"])
    }

    @Test func `a folder that has something in it stays as it is`() throws {
        try FileManager.default.createDirectory(atPath: folder.file("out"), withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("out/mine")))
        #expect(throws: (any Error).self) { try extract(image([RawEntry(path: "a", text: "1")])) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")) == ["mine"])
    }

    @Test(arguments: [
        ([RawEntry(path: "a"), RawEntry(path: "./a")], "the path stands twice in one layer"),
        ([RawEntry(path: "a"), RawEntry(path: ".wh.a")], "the whiteout hides `a`, which stands in the same layer"),
        ([RawEntry(path: "a/.wh..")], "the name starts with `.wh.` and hides nothing that can be named"),
        ([RawEntry(path: ".wh...")], "the name starts with `.wh.` and hides nothing that can be named"),
        ([RawEntry(path: ".wh.a", text: "x")], "the whiteout is no empty file"),
        ([RawEntry(path: ".wh.a", type: "2", target: "b")], "the whiteout is no empty file"),
        (
            [RawEntry(path: "a/l", type: "2", target: "../../b")],
            "the symbolic link climbs out of the image, got `../../b`"
        ),
        ([RawEntry(path: "a", type: "1", target: ".wh.b")], "the hard link leads to a whiteout, got `.wh.b`"),
        (
            [RawEntry(path: "l", type: "2", target: "/etc"), RawEntry(path: "l/x")],
            "the path goes through `l`, which is no folder in the same layer"
        ),
    ])
    private func `verification finds it`(entries: [RawEntry], words: String) throws {
        #expect(try findings(in: image(entries)).map(\.words) == [words])
    }

    @Test func `honest layers have no findings`() throws {
        let image = image(
            [
                RawEntry(path: "./", type: "5"), RawEntry(path: "usr/lib", type: "5"),
                RawEntry(path: "lib", type: "2", target: "usr/lib"), RawEntry(path: "usr/lib/a", text: "1"),
                RawEntry(path: "usr/lib/b", type: "1", target: "usr/lib/a"),
                RawEntry(path: "usr/lib/c", type: "2", target: "../../usr/lib/a"),
            ],
            [RawEntry(path: "lib/d", text: "2"), RawEntry(path: "usr/lib/.wh.a")]
        )
        #expect(try findings(in: image) == [])
        #expect(
            try Set(ImageFiles(image).files.keys) == ["usr", "usr/lib", "lib", "usr/lib/b", "usr/lib/c", "usr/lib/d"]
        )
    }

    @Test func `differences are those that a container sees`() throws {
        let left = image([
            RawEntry(path: "a", text: "1"), RawEntry(path: "b", text: "2"), RawEntry(path: "c", text: "3"),
        ])
        let right = image(
            [RawEntry(path: "a", text: "1"), RawEntry(path: "b", text: "x")],
            [RawEntry(path: "d", type: "5")]
        )
        let difference = try ImageDifference(left, right)
        #expect(difference.files.map(\.name) == ["b", "c", "d"])
        #expect(difference.config == [])
        #expect(difference.layers.count == 3)
        #expect(try ImageDifference(left, left).isEmpty)
    }

    @Test func `differences of foreign configs are those of what is stored`() throws {
        func image(_ more: JSONValue, _ created: String) throws -> Image {
            let json: JSONValue = [
                "created": .string(created), "architecture": "amd64", "os": "linux", "config": more,
                "rootfs": ["type": "layers", "diff_ids": []],
            ]
            let bytes = json.serialized(.canonical)
            let config = Descriptor(mediaType: .imageConfig, digest: Digest(of: bytes), byteCount: bytes.count)
            let manifest = ImageManifest(config: config, layers: []).json.serialized(.canonical)
            return try Image(manifestBytes: manifest) { _ in MemoryBlob(bytes) }
        }
        let left = try image(["Shell": ["/bin/sh"], "User": "1"], "2024-05-01T10:00:00Z")
        let right = try image(["OnBuild": ["RUN x"], "User": "1"], "2025-05-01T10:00:00Z")
        #expect(try ImageDifference(left, right).config.map(\.name) == ["OnBuild", "Shell", "created"])
        #expect(try ImageDifference(left, left).isEmpty)
    }

    @Test func `names that differ in their bytes are two files`() throws {
        let image = image([RawEntry(path: "caf\u{E9}", text: "1"), RawEntry(path: "cafe\u{301}", text: "2")])
        #expect(try findings(in: image).isEmpty)
        #expect(try ImageFiles(image).files.count == 2)
        #expect(try extract(image).count == 2)
    }

    @Test func `an entry for the root itself is no file`() throws {
        let image = image([RawEntry(path: "/", type: "5"), RawEntry(path: "a", text: "1")])
        #expect(try findings(in: image).isEmpty)
        #expect(try extract(image) == ["./a"])
    }
}

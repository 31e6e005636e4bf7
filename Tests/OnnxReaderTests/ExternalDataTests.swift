import Diagnostics
import Foundation
import Glibc
import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

/// The rules of ONNX's docs/Security.md for external data, in every place where a tensor can stand.
@Suite struct ExternalDataTests {
    /// Where a tensor stands in a model.
    enum Position: CaseIterable, Sendable {
        case initializer, sparseValues, sparseIndices, attribute, sparseAttribute, subgraph, function

        func model(_ tensor: [UInt8]) -> [UInt8] {
            let inner = Wire.int(2, 1) + Wire.int(1, 1) + Wire.bytes(9, [0, 0, 0, 0])
            let constant = Wire.bytes(1, Wire.bytes(5, Wire.int(20, 4) + Wire.bytes(5, tensor)))
            switch self {
            case .initializer: return Wire.model(graph: Wire.bytes(5, tensor))
            case .sparseValues:
                return Wire.model(graph: Wire.bytes(15, Wire.bytes(1, tensor) + Wire.bytes(2, inner)))
            case .sparseIndices:
                return Wire.model(graph: Wire.bytes(15, Wire.bytes(1, inner) + Wire.bytes(2, tensor)))
            case .attribute: return Wire.model(graph: constant)
            case .sparseAttribute:
                let sparse = Wire.bytes(1, inner) + Wire.bytes(2, tensor)
                return Wire.model(graph: Wire.bytes(1, Wire.bytes(5, Wire.int(20, 11) + Wire.bytes(22, sparse))))
            case .subgraph:
                return Wire.model(graph: Wire.bytes(1, Wire.bytes(5, Wire.int(20, 5) + Wire.bytes(6, constant))))
            case .function:
                let node = Wire.bytes(5, Wire.int(20, 4) + Wire.bytes(5, tensor))
                return Wire.model(graph: []) + Wire.bytes(25, Wire.bytes(7, node))
            }
        }
    }

    struct Attack: Sendable, CustomTestStringConvertible {
        var entries: [(String, String)]
        var text: String

        var testDescription: String { entries.map { "\($0)=\($1)" }.joined(separator: " ") }

        init(_ location: String, _ text: String, _ more: (String, String)...) {
            entries = [("location", location)] + more
            self.text = text
        }
    }

    static let attacks: [Attack] = [
        Attack("../secret", "`location` is `../secret`, expected a path without `..`"),
        Attack("junk/../../secret", "`location` is `junk/../../secret`, expected a path without `..`"),
        Attack("folder/../weights", "`location` is `folder/../weights`, expected a path without `..`"),
        Attack("..", "`location` is `..`, expected a path without `..`"),
        Attack("/etc/passwd", "`location` is `/etc/passwd`, expected a path below the model's folder"),
        // A combining accent behind a slash or dots makes another character of them, and the same bytes.
        Attack("../\u{301}secret", "`location` is `../\u{301}secret`, expected a path without `..`"),
        Attack("/\u{301}secret", "`location` is `/\u{301}secret`, expected a path below the model's folder"),
        Attack(
            "linked/\u{301}weights",
            "`linked/\u{301}weights`: `linked` is a link or not a folder, expected no link in the path"
        ),
        Attack("", "`external_data` has no `location`"),
        Attack(".", "`location` is `.`, expected the path of a file"),
        Attack("folder/", "`location` is `folder/`, expected the path of a file"),
        Attack("link", "`link`: `link` is a link or not a folder, expected no link in the path"),
        Attack("linked/weights", "`linked/weights`: `linked` is a link or not a folder, expected no link in the path"),
        Attack("weights/x", "`weights/x`: `weights` is a link or not a folder, expected no link in the path"),
        Attack("second-name", "`second-name`: the file has 2 hard links, expected 1"),
        Attack("fifo", "`fifo`: external data is not in a regular file"),
        Attack("folder", "`folder`: external data is not in a regular file"),
        Attack("zero", "`zero`: `zero` is a link or not a folder, expected no link in the path"),
        Attack("missing", "`missing`: opening: no such file or directory"),
        Attack("weights", "`offset` is `-1`, expected a decimal number of bytes", ("offset", "-1")),
        Attack("weights", "`offset` is `0x4`, expected a decimal number of bytes", ("offset", "0x4")),
        Attack("weights", "`offset` is ` 4`, expected a decimal number of bytes", ("offset", " 4")),
        Attack("weights", "`offset` is ``, expected a decimal number of bytes", ("offset", "")),
        Attack(
            "weights",
            "`offset` is `99999999999999999999`, expected a decimal number of bytes",
            ("offset", "99999999999999999999")
        ),
        Attack("weights", "`weights`: `offset` is 17, the file has 16 bytes", ("offset", "17")),
        Attack(
            "weights",
            "`weights`: `offset` 13 and `length` 4 reach past the end, the file has 16 bytes",
            ("offset", "13"),
            ("length", "4")
        ),
        Attack(
            "weights",
            "`weights`: `offset` 4 and `length` 9223372036854775807 reach past the end, the file has 16 bytes",
            ("offset", "4"),
            ("length", "9223372036854775807")
        ),
        Attack("weights", "`length` is `-4`, expected a decimal number of bytes", ("length", "-4")),
        Attack("weights", "data of `float` [1] has 8 bytes, expected 4", ("length", "8")),
        Attack(
            "weights",
            "`external_data` has key `path`, expected `location`, `offset`, `length` or `checksum`",
            ("path", "x")
        ),
        Attack("weights", "`external_data` has key `location` twice", ("location", "weights")),
    ]

    private let outer: TemporaryFolder
    private let folder: String

    init() throws {
        outer = try TemporaryFolder()
        folder = outer.file("model")
        let files = FileManager.default
        try files.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: true)
        try files.createDirectory(atPath: outer.file("outside"), withIntermediateDirectories: true)
        let weights = Data([0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40])
        for name in [
            "secret", "\u{301}secret", "outside/weights", "outside/\u{301}weights", "model/weights", "model/first-name",
            "model/folder/weights",
        ] {
            try weights.write(to: URL(fileURLWithPath: outer.file(name)))
        }
        try files.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "weights")
        try files.createSymbolicLink(atPath: folder + "/linked", withDestinationPath: "../outside")
        try files.createSymbolicLink(atPath: folder + "/zero", withDestinationPath: "/dev/zero")
        try files.linkItem(atPath: folder + "/first-name", toPath: folder + "/second-name")
        #expect(mkfifo(folder + "/fifo", 0o600) == 0)
    }

    @Test(arguments: attacks) func `no rule of external data can be broken, wherever the tensor stands`(
        attack: Attack
    ) throws {
        for position in Position.allCases {
            let bytes = position.model(Self.tensor(attack.entries))
            let error = try #require(throws: OnnxReaderError.self) {
                try readModel(try Wire.region(bytes), folder: folder)
            }
            #expect("\(error)".hasSuffix(": " + attack.text), "\(position): \(error)")
        }
    }

    @Test(
        arguments: [
            ([("location", "weights"), ("length", "4")], 0.5), ([("location", "weights"), ("offset", "12")], 3),
            ([("location", "./folder//weights"), ("offset", "4"), ("length", "4")], 1),
            ([("location", "weights"), ("length", "4"), ("checksum", "not verified")], 0.5),
        ] as [([(String, String)], Float)]
    )
    func `external data is read at every offset`(entries: [(String, String)], value: Float) throws {
        for position in Position.allCases where position == .initializer || position == .attribute {
            let model = try readModel(try Wire.region(position.model(Self.tensor(entries))), folder: folder)
            let tensor: OnnxTensor? =
                switch model.graph.nodes.first?.attributes.first?.value {
                case .tensor(let tensor): tensor
                default: model.graph.initializers.first
                }
            #expect(try tensor?.tensor.elements(as: Float.self) == [value])
        }
    }

    @Test func `external data is found beside the model file, and survives the end of its name`() throws {
        let path = folder + "/model.onnx"
        try Data(Position.initializer.model(Self.tensor([("location", "weights"), ("length", "4")])))
            .write(to: URL(fileURLWithPath: path))
        let model = try readModel(path: path)
        try FileManager.default.removeItem(atPath: folder)
        #expect(try model.graph.initializers[0].tensor.elements(as: Float.self) == [0.5])
    }

    @Test func `a tensor with external data has no elements of its own`() throws {
        let tensor = Self.tensor([("location", "weights")]) + Wire.bytes(9, [0, 0, 0, 0])
        let error = try #require(throws: OnnxReaderError.self) {
            try readModel(try Wire.region(Wire.model(tensor: tensor)), folder: folder)
        }
        #expect(error.message == "a tensor with external data has `raw_data`, expected none")
        let strings = Wire.int(2, 8) + Wire.int(1, 1) + Wire.int(14, 1)
        let other = try #require(throws: OnnxReaderError.self) {
            try readModel(try Wire.region(Wire.model(tensor: strings)), folder: folder)
        }
        #expect(other.message == "a tensor of strings has external data")
    }

    /// A `TensorProto` of one float in external data.
    static func tensor(_ entries: [(String, String)]) -> [UInt8] {
        Wire.int(2, 1) + Wire.int(1, 1) + Wire.int(14, 1)
            + entries.flatMap { Wire.bytes(13, Wire.entry($0, $1)) }
    }
}

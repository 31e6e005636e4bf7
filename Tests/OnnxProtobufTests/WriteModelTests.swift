import Diagnostics
import Foundation
import OnnxIR
import OnnxProtobuf
import OnnxReader
import Tensors
import TestSupport
import Testing

@Suite struct WriteModelTests {
    static let fixtures = ["element-types", "features"]

    /// The models of OnnxReaderTests, which the onnx package wrote.
    static func path(_ name: String) -> String {
        repositoryRoot + "/Tests/OnnxReaderTests/Fixtures/models/\(name).onnx"
    }

    /// A model with two initializers of 4096 and 1200 bytes, and one of 4.
    static func weightsModel() throws -> Model {
        var graph = Graph(
            name: "g",
            outputs: [ValueInfo(name: "y", type: .tensor(.float, shape: nil))],
            nodes: [Node("Identity", inputs: ["a"], outputs: ["y"])]
        )
        graph.initializers = [
            OnnxTensor(name: "a", tensor: try Tensor((0..<1024).map { Float($0) })),
            OnnxTensor(name: "b", tensor: try Tensor((0..<150).map { Double($0) })),
            OnnxTensor(name: "c", tensor: try Tensor([7 as Int32])),
        ]
        return Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: 17)], graph: graph)
    }

    @Test(arguments: fixtures) func `both readers agree on a model of every feature, also after writing it`(
        name: String
    ) throws {
        let bytes = try mapFile(Self.path(name))
        let model = try readModel(bytes)
        #expect(firstDifference(model, try readModelWithProtobuf(bytes)) == nil)
        let written = try serialize(model)
        let region = try written.withUnsafeBytes { try MemoryRegion.copying($0) }
        #expect(firstDifference(model, try readModel(region)) == nil)
        #expect(firstDifference(model, try readModelWithProtobuf(region)) == nil)
        #expect(try serialize(try readModel(region)) == written)
    }

    @Test(arguments: fixtures) func `a file has the bytes of the serialized model`(name: String) throws {
        let folder = try TemporaryFolder()
        let model = try readModel(path: Self.path(name))
        try writeModel(model, path: folder.file("model.onnx"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("model.onnx"))) == Data(try serialize(model)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.onnx"])
    }

    @Test func `weights above a size go to a file beside the model, each on its page`() throws {
        let folder = try TemporaryFolder()
        let model = try Self.weightsModel()
        try writeModel(model, path: folder.file("m.onnx"), externalData: .initializers(ofAtLeast: 1000))
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("m.onnx.data")))
        #expect(data.count == 4096 + 1200)
        #expect(data.prefix(4096) == Data((0..<1024).flatMap { withUnsafeBytes(of: Float($0)) { Array($0) } }))
        let read = try readModel(path: folder.file("m.onnx"))
        #expect(firstDifference(model, read) == nil)
        let again = try readModelWithProtobuf(try mapFile(folder.file("m.onnx")), folder: folder.path)
        #expect(firstDifference(model, again) == nil)
    }

    @Test func `offsets are multiples of 4096, with zeros between`() throws {
        let folder = try TemporaryFolder()
        try writeModel(
            try Self.weightsModel(),
            path: folder.file("m.onnx"),
            externalData: .initializers(ofAtLeast: 1)
        )
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("m.onnx.data")))
        #expect(data.count == 4096 + 4096 + 4)
        #expect(data[(4096 + 1200)..<8192].allSatisfy { $0 == 0 })
        #expect([UInt8](data.suffix(4)) == [7, 0, 0, 0])
    }

    @Test func `a model above the limit gets external data by itself`() throws {
        let folder = try TemporaryFolder()
        let model = try Self.weightsModel()
        try writeModel(model, path: folder.file("m.onnx"), externalData: .whenModelExceeds(byteCount: 2000))
        #expect(FileManager.default.fileExists(atPath: folder.file("m.onnx.data")))
        #expect(firstDifference(model, try readModel(path: folder.file("m.onnx"))) == nil)
        try writeModel(model, path: folder.file("n.onnx"), externalData: .whenModelExceeds(byteCount: 20_000))
        #expect(!FileManager.default.fileExists(atPath: folder.file("n.onnx.data")))
    }

    @Test func `a model above 2 GiB is not written without external data`() throws {
        let folder = try TemporaryFolder()
        // A file of holes: no byte of it is ever read.
        let zeros = folder.file("zeros")
        #expect(FileManager.default.createFile(atPath: zeros, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: zeros))
        try handle.truncate(atOffset: 1 << 31)
        let region = try mapFile(zeros)
        var model = try Self.weightsModel()
        let shape = try #require(Shape([1 << 31]))
        model.graph.initializers = [
            OnnxTensor(name: "a", tensor: try Tensor(elementType: .uint8, shape: shape, region: region))
        ]
        let error = try #require(throws: OnnxProtobufError.self) {
            try writeModel(model, path: folder.file("m.onnx"), externalData: .never)
        }
        #expect(error.code == .tooLarge)
        #expect("\(error)" == "`\(folder.file("m.onnx"))`: the model has 2147483717 bytes, expected at most 2147483647")
        #expect(error.hint == "write its weights as external data")
        #expect(throws: OnnxProtobufError.self) { try serialize(model) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["zeros"])
    }

    @Test func `what protobuf-c cannot hold is not written`() throws {
        var model = try Self.weightsModel()
        model.graph.name = "a\0b"
        let text = try #require(throws: OnnxProtobufError.self) { try serialize(model) }
        #expect("\(text)" == "string `a…` holds a NUL")

        var type = ValueType.tensor(.float, shape: nil)
        for _ in 0..<100 { type = .sequence(type) }
        model.graph.name = ""
        model.graph.inputs = [ValueInfo(name: "x", type: type)]
        let depth = try #require(throws: OnnxProtobufError.self) { try serialize(model) }
        #expect("\(depth)" == "graphs or types lie more than 95 messages deep inside each other")
    }

    @Test func `graphs as deep as the writer takes them can be read`() throws {
        var graph = try Self.weightsModel().graph
        var model = try Self.weightsModel()
        var deepest: Model?
        while (try? serialize(model)) != nil {
            deepest = model
            graph = Graph(
                name: "",
                nodes: [Node("If", inputs: [], outputs: [], attributes: [Attribute("b", .graph(graph))])]
            )
            model.graph = graph
        }
        let bytes = try serialize(try #require(deepest))
        let region = try bytes.withUnsafeBytes { try MemoryRegion.copying($0) }
        #expect(throws: Never.self) { try readModel(region) }
    }

    @Test func `a file that cannot be written leaves what was there`() throws {
        let folder = try TemporaryFolder()
        let error = try #require(throws: OnnxProtobufError.self) {
            try writeModel(try Self.weightsModel(), path: folder.file("missing/m.onnx"))
        }
        #expect("\(error)" == "`\(folder.file("missing/m.onnx"))`: creating: no such file or directory")
        #expect(error.kind == .notFound)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `bytes that protobuf-c does not take are an error`() throws {
        let bytes: [UInt8] = [0x3A, 5, 0]
        let region = try bytes.withUnsafeBytes { try MemoryRegion.copying($0) }
        let error = try #require(throws: OnnxProtobufError.self) { try readModelWithProtobuf(region) }
        #expect("\(error)" == "protobuf-c does not take the bytes as a `ModelProto`")
    }
}

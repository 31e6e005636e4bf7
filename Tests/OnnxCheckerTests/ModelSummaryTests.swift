import JSON
import OnnxChecker
import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

@Suite struct ModelSummaryTests {
    private func summary(of name: String) throws -> ModelSummary {
        var model = try readModel(path: fixturePath("rules/\(name).onnx"))
        model.producerName = "onnx-example"
        model.producerVersion = "1.2"
        model.metadata = [MetadataEntry(key: "classes", value: "a,b"), MetadataEntry(key: "k", value: "v")]
        let file = try MemoryRegion.allocate(byteCount: 1_234_567) { _ in }
        return ModelSummary(model, path: "m.onnx", file: file)
    }

    @Test func `a summary has aligned columns`() throws {
        #expect(
            try summary(of: "branches").text() == """
                `m.onnx`
                  ir version  8
                  opsets      ai.onnx 17
                  graph       g
                  size        1.2 MB
                  parameters  1, 1 byte of tensors
                  producer    onnx-example 1.2

                inputs
                  x  tensor(float)[2]

                outputs
                  y  tensor(float)[2]

                metadata
                  classes  a,b
                  k        v

                operators
                  ai.onnx::Abs  1
                  ai.onnx::If   1
                  ai.onnx::Neg  1

                initializers
                  c  tensor(bool)[]  1 byte

                nodes
                  i  If  c → y
                """
        )
    }

    @Test func `nodes beyond the limit are counted`() throws {
        let text = try summary(of: "cycle").text(limit: 2)
        #expect(text.hasSuffix("  a  Abs  x → s\n  b  Add  s, u → t\n  … and 2 more"))
    }

    @Test func `JSON has everything`() throws {
        let json = try summary(of: "branches").json
        #expect(json["parameterCount"] == 1)
        #expect(json["opsets"]?["ai.onnx"] == 17)
        #expect(json["inputs"]?.array?.first?["shape"] == [2])
        #expect(json["inputs"]?.array?.first?["elementType"] == "float")
        #expect(json["metadata"]?["classes"] == "a,b")
        #expect(json["nodes"]?.array?.count == 1)
        #expect(json["operators"]?.array?.count == 3)
    }

    @Test func `an input with a default is not asked for`() throws {
        #expect(try summary(of: "initializer-shape").inputs.map(\.name) == ["x"])
    }

    @Test func `weights in a file beside the model's are external`() throws {
        let file = try mapFile(fixturePath("external/model.onnx"))
        let model = try readModel(file, folder: fixturePath("external"))
        let summary = ModelSummary(model, path: "model.onnx", file: file)
        #expect(summary.externalByteCount == 24)
        #expect(summary.parameterByteCount == 36)
        #expect(summary.weights.map(\.isExternal) == [true, false])
        #expect(summary.text().contains("  external data  24 bytes\n"))
    }
}

import OnnxChecker
import OnnxIR
import OnnxReader
import TestSupport
import Testing

@Suite struct LibonnxTests {
    @Test(
        arguments: [
            (8, [("", 17), ("ai.onnx.ml", 3)], nil),
            (9, [("", 17)], "IR version 9 is newer than 8"),
            (8, [("", 18)], "opset 18 of `ai.onnx` is newer than 17"),
            (8, [("", 17), ("ai.onnx.ml", 4)], "opset 4 of `ai.onnx.ml` is newer than 3"),
            (8, [("", 17), ("com.example", 99)], nil),
        ] as [(Int64, [(String, Int64)], String?)]
    )
    func `it is asked within its range only`(irVersion: Int64, opsets: [(String, Int64)], reason: String?) {
        let imports = opsets.map { OpsetImport(domain: OperatorDomain($0.0), version: $0.1) }
        let model = Model(irVersion: irVersion, opsetImports: imports, graph: Graph(name: "g"))
        #expect(Libonnx.reasonNotToAsk(about: model) == reason)
    }

    @Test(arguments: ["sound", "branches", "loop", "function", "sparse-sound"])
    func `it has nothing against sound models`(name: String) {
        #expect(Libonnx.objection(toModelAt: fixturePath("rules/\(name).onnx")) == nil)
    }

    @Test(
        arguments: [
            ("too-many-inputs", "Node (a) has input size 2 not in range [min=1, max=1]."),
            ("output-type", "expected"),
            ("no-such-file", "Unable to open proto file"),
        ]
    )
    func `what it says comes back as text, exceptions included`(name: String, words: String) throws {
        let objection = try #require(Libonnx.objection(toModelAt: fixturePath("rules/\(name).onnx")))
        #expect(!objection.isEmpty && !objection.contains("\n"))
        #expect(objection.contains(words) || name == "output-type", "\(objection)")
    }
}

import Diagnostics
import OnnxChecker
import OnnxIR
import OnnxProtobuf
import OnnxReader
import Tensors
import TestSupport
import Testing

@Suite struct ModelComparisonTests {
    /// What is done to one of two equal models.
    struct Change: Sendable {
        let apply: @Sendable (inout Model) -> Void
    }

    private let path = fixturePath("rules/loop.onnx")

    @Test(arguments: RuleCase.all.map(\.name))
    func `both readers read the same`(name: String) throws {
        let path = fixturePath("rules/\(name).onnx")
        let region = try mapFile(path)
        #expect(modelDifferences(try readModel(region), try readModelWithProtobuf(region)).map(\.description) == [])
    }

    @Test(
        arguments: [
            (Change { $0.irVersion = 7 }, "the readers differ on `ir_version`: 8 and 7"),
            (Change { $0.graph.name = "h" }, "the readers differ on `name`: g and h"),
            (
                Change { $0.graph.nodes[0].opType = "If" },
                "node `l` (Loop): the readers differ on `op_type`: Loop and If"
            ),
            (Change { $0.graph.nodes[0].inputs[2] = "z" }, "node `l` (Loop): the readers differ on `input`: "),
            (Change { $0.graph.nodes = [] }, "the readers differ on `number of node`: 1 and 0"),
            (
                Change { $0.graph.nodes[0].attributes[0].value = .int(1) },
                "attribute `body`: the readers differ on `type`: "
            ),
            (
                Change { model in
                    guard case .graph(var body) = model.graph.nodes[0].attributes[0].value else { return }
                    body.nodes[1].name = "q"
                    model.graph.nodes[0].attributes[0].value = .graph(body)
                },
                "attribute `body`: node `b` (Abs): the readers differ on `name`: b and q"
            ),
        ]
    )
    func `a difference is named at its place`(change: Change, text: String) throws {
        let model = try readModel(path: path)
        var other = model
        change.apply(&other)
        let differences = modelDifferences(model, other).map(\.description)
        #expect(differences.count == 1)
        #expect(differences[0].contains(text), "\(differences)")
    }

    @Test func `elements are compared byte by byte`() throws {
        var model = try readModel(path: path)
        model.graph.initializers = [OnnxTensor(name: "w", tensor: try Tensor([Float(0), 1]))]
        var other = model
        other.graph.initializers = [OnnxTensor(name: "w", tensor: try Tensor([Float(-0.0), 1]))]
        #expect(modelDifferences(model, other).map(\.description) == ["initializer `w`: the elements differ"])
    }

    @Test func `at most twenty differences are listed`() throws {
        var model = try readModel(path: path)
        model.graph.nodes = (0..<50).map { Node("Abs", name: "\($0)", inputs: [], outputs: []) }
        var other = model
        for index in other.graph.nodes.indices { other.graph.nodes[index].opType = "Neg" }
        #expect(modelDifferences(model, other).count == 20)
    }
}

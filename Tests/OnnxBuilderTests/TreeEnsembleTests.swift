import OnnxBuilder
import OnnxIR
import Tensors
import TestSupport
import Testing

@Suite struct TreeEnsembleTests {
    @Test func `a threshold rounded down decides as the double does for every float`() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<100_000 {
            let threshold = Double(bitPattern: random.next() & 0xC7FF_FFFF_FFFF_FFFF | 0x3800_0000_0000_0000)
            guard threshold.isFinite, abs(threshold) < Double(Float.greatestFiniteMagnitude) else { continue }
            let rounded = Float(roundedDown: threshold)
            for value in [rounded.nextDown, rounded, rounded.nextUp] {
                #expect((Double(value) <= threshold) == (value <= rounded))
            }
        }
    }

    private var trees: TreeEnsemble {
        var ensemble = TreeEnsemble(branch: .less)
        ensemble.split(tree: 0, node: 0, feature: 3, threshold: 1.5, children: (1, 2), missingGoesFirst: true)
        ensemble.leaf(tree: 0, node: 1, weights: [(0, 0.25), (1, 0.75)])
        ensemble.leaf(tree: 0, node: 2, weights: [(1, 1)])
        return ensemble
    }

    private func node(_ ensemble: TreeEnsemble, type: ElementType, onnxML: Int64) throws -> Node {
        var builder = GraphBuilder(name: "trees", opsets: try #require(OpsetChoice(onnx: 17, onnxML: onnxML)))
        let input = builder.input("X", .tensor(type, ["batch", 4]))
        let sums = try ensemble.sums(of: input, type: type, targetCount: 2, &builder)
        builder.output(sums, name: "sums", .tensor(type, ["batch", 2]))
        let model = builder.model()
        #expect(model.irVersion == (onnxML == 5 ? 10 : 8))
        #expect(model.opsetImports.last?.version == onnxML)
        return try #require(model.graph.nodes.first)
    }

    private func ints(_ node: Node, _ name: String) -> [Int64]? {
        guard case .ints(let ints)? = node.attributes.first(where: { $0.name == name })?.value else { return nil }
        return ints
    }

    private func doubles(_ node: Node, _ name: String) throws -> [Double]? {
        guard case .tensor(let tensor)? = node.attributes.first(where: { $0.name == name })?.value else { return nil }
        return try tensor.tensor.elements(as: Double.self)
    }

    @Test func `nodes and leaves become parallel attributes`() throws {
        let node = try node(trees, type: .float, onnxML: 3)
        #expect(node.opType == "TreeEnsembleRegressor")
        #expect(ints(node, "nodes_nodeids") == [0, 1, 2])
        #expect(ints(node, "nodes_featureids") == [3, 0, 0])
        #expect(ints(node, "nodes_truenodeids") == [1, 0, 0])
        #expect(ints(node, "nodes_falsenodeids") == [2, 0, 0])
        #expect(ints(node, "nodes_missing_value_tracks_true") == [1, 0, 0])
        #expect(ints(node, "target_nodeids") == [1, 1, 2])
        #expect(ints(node, "target_ids") == [0, 1, 1])
    }

    @Test func `with ai.onnx.ml 5 a tree is there for each of its targets`() throws {
        let node = try node(trees, type: .double, onnxML: 5)
        #expect(node.opType == "TreeEnsemble")
        #expect(ints(node, "tree_roots") == [0, 1])
        #expect(ints(node, "nodes_featureids") == [3, 3])
        #expect(try doubles(node, "nodes_splits") == [1.5, 1.5])
        #expect(ints(node, "nodes_truenodeids") == [0, 2])
        #expect(ints(node, "nodes_falsenodeids") == [1, 3])
        #expect(ints(node, "nodes_trueleafs") == [1, 1])
        #expect(ints(node, "leaf_targetids") == [0, 0, 1, 1])
        #expect(try doubles(node, "leaf_weights") == [0.25, 0, 0.75, 1])
    }

    @Test func `with ai.onnx.ml 5 leaves that add the same are one, and a root has two`() throws {
        var ensemble = TreeEnsemble(branch: .lessOrEqual)
        ensemble.split(tree: 0, node: 0, feature: 0, threshold: 1, children: (1, 2), missingGoesFirst: false)
        ensemble.split(tree: 0, node: 1, feature: 1, threshold: 2, children: (3, 4), missingGoesFirst: false)
        ensemble.leaf(tree: 0, node: 2, weights: [(0, 1), (1, 5)])
        ensemble.leaf(tree: 0, node: 3, weights: [(0, 2), (1, 5)])
        ensemble.leaf(tree: 0, node: 4, weights: [(0, 2), (1, 5)])
        let node = try node(ensemble, type: .double, onnxML: 5)
        #expect(ints(node, "nodes_featureids") == [0, 0])
        #expect(try doubles(node, "leaf_weights") == [2, 1, 5, 5])
    }

    @Test func `no trees sum to zero`() throws {
        let node = try node(TreeEnsemble(branch: .less), type: .double, onnxML: 5)
        #expect(ints(node, "tree_roots") == [0])
        #expect(try doubles(node, "leaf_weights") == [0, 0])
    }
}

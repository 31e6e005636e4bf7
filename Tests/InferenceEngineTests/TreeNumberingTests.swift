import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct TreeNumberingTests {
    private struct Entry {
        let tree: Int64
        let node: Int64
        var children: (yes: Int64, no: Int64)?
        var value: Float
    }

    /// Two trees; leaves have their weight as value.
    private static let entries = [
        Entry(tree: 0, node: 0, children: (1, 2), value: 0.5), Entry(tree: 0, node: 1, value: 1),
        Entry(tree: 0, node: 2, children: (3, 4), value: 2), Entry(tree: 0, node: 3, value: 20),
        Entry(tree: 0, node: 4, value: 300), Entry(tree: 1, node: 0, children: (2, 1), value: 1),
        Entry(tree: 1, node: 1, value: 4000), Entry(tree: 1, node: 2, value: 50000),
    ]

    private static func scores(
        _ entries: [Entry],
        tree: (Int64) -> Int64 = { $0 },
        node: (Int64) -> Int64 = { $0 }
    ) throws -> [Float]? {
        let leaves = entries.filter { $0.children == nil }.reversed()
        let attributes: [Attribute] = [
            Attribute("nodes_treeids", .ints(entries.map { tree($0.tree) })),
            Attribute("nodes_nodeids", .ints(entries.map { node($0.node) })),
            Attribute("nodes_featureids", .ints(entries.map { _ in 0 })),
            Attribute("nodes_values", .floats(entries.map { $0.children == nil ? 0 : $0.value })),
            Attribute(
                "nodes_modes",
                .strings(entries.map { Array(($0.children == nil ? "LEAF" : "BRANCH_LEQ").utf8) })
            ),
            Attribute("nodes_truenodeids", .ints(entries.map { $0.children.map { node($0.yes) } ?? 0 })),
            Attribute("nodes_falsenodeids", .ints(entries.map { $0.children.map { node($0.no) } ?? 0 })),
            Attribute("target_treeids", .ints(leaves.map { tree($0.tree) })),
            Attribute("target_nodeids", .ints(leaves.map { node($0.node) })),
            Attribute("target_ids", .ints(leaves.map { _ in 0 })),
            Attribute("target_weights", .floats(leaves.map { $0.value })),
            Attribute("n_targets", .int(1)),
        ]
        let ensemble = Node(
            "TreeEnsembleRegressor",
            domain: .onnxML,
            inputs: ["x"],
            outputs: ["y"],
            attributes: attributes
        )
        let session = try InferenceSession(model([ensemble], inputs: ["x"], outputs: ["y"]))
        let samples = try Tensor([0, 1, 1.5, 3] as [Float], shape: Shape([4, 1]))
        return try session.run(["x": .tensor(samples)])["y"]?.tensor?.elements(as: Float.self)
    }

    @Test func `trees give the same scores however they are numbered and listed`() throws {
        let expected: [Float] = [50001, 50020, 4020, 4300]
        #expect(try Self.scores(Self.entries) == expected)
        #expect(try Self.scores(Self.entries, tree: { $0 * 5 - 3 }) == expected)
        #expect(try Self.scores(Self.entries, node: { 9 - $0 }) == expected)
        let mixed = [5, 0, 6, 1, 2, 7, 3, 4].map { Self.entries[$0] }
        #expect(try Self.scores(mixed) == expected)
    }

    @Test func `a node that leads back into its tree is an error`() {
        var entries = Self.entries
        entries[2].children = (0, 4)
        #expect(throws: EngineError.self) { try Self.scores(entries) }
        entries[2].children = (2, 4)
        #expect(throws: EngineError.self) { try Self.scores(entries) }
    }
}

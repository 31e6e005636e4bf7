import OnnxBuilder
import OnnxIR
import TestSupport
import Tensors
import Testing

@Suite struct TreeSumTests {
    private func node(_ sum: TreeSum, type: ElementType = .float, targetCount: Int = 1) throws -> Node {
        var builder = GraphBuilder(name: "sum")
        let input = builder.input("X", .tensor(type, ["batch", 1]))
        let value = try sum.sums(of: input, type: type, targetCount: targetCount, &builder)
        builder.output(value, name: "sum", .tensor(.double, ["batch", .fixed(targetCount)]))
        return try #require(builder.model().graph.nodes.first { $0.opType == "TreeEnsembleRegressor" })
    }

    private func floats(_ node: Node, _ name: String) -> [Float] {
        guard case .floats(let floats)? = node.attributes.first(where: { $0.name == name })?.value else { return [] }
        return floats
    }

    private func ints(_ node: Node, _ name: String) -> [Int64] {
        guard case .ints(let ints)? = node.attributes.first(where: { $0.name == name })?.value else { return [] }
        return ints
    }

    @Test func `the two parts of leaves add up to doubles, the first of them exactly`() throws {
        var random = SeededRandom(seed: 5)
        var sum = TreeSum(branch: .lessOrEqual)
        var expected = 0.0
        for tree in 0..<2000 {
            let weight = Double.random(in: -300...300, using: &random)
            expected += weight
            sum.leaf(tree: tree, node: 0, weights: [(0, weight)])
        }
        let node = try node(sum)
        let parts = zip(ints(node, "target_ids"), floats(node, "target_weights"))
        let multiples = parts.filter { $0.0 == 0 }.map(\.1)
        let rests = parts.filter { $0.0 == 1 }.map(\.1)
        #expect(multiples.count == 2000)
        #expect(multiples.reduce(0, +) == multiples.reversed().reduce(0, +))
        #expect(Double(multiples.reduce(0, +)) == multiples.reduce(0) { $0 + Double($1) })
        let total = Double(multiples.reduce(0, +)) + Double(rests.reduce(0, +))
        #expect(abs(total - expected) < 1e-6)
    }

    @Test func `leaves that are few bits long need no second part`() throws {
        var sum = TreeSum(branch: .lessOrEqual)
        sum.split(tree: 0, node: 0, feature: 0, threshold: 0.1, children: (1, 2), missingGoesFirst: false)
        sum.leaf(tree: 0, node: 1, weights: [(0, 0.5)])
        sum.leaf(tree: 0, node: 2, weights: [])
        let node = try node(sum)
        #expect(floats(node, "target_weights") == [0.5, 0])
        #expect(floats(node, "nodes_values").first == Float(0.1).nextDown)
    }

    @Test func `doubles are compared with doubles`() throws {
        var sum = TreeSum(branch: .lessOrEqual)
        sum.split(tree: 0, node: 0, feature: 0, threshold: 0.1, children: (1, 2), missingGoesFirst: false)
        sum.leaf(tree: 0, node: 1, weights: [(0, 1)])
        sum.leaf(tree: 0, node: 2, weights: [(0, 2)])
        let node = try node(sum, type: .double)
        guard
            case .tensor(let thresholds)? = node.attributes.first(where: { $0.name == "nodes_values_as_tensor" })?.value
        else {
            Issue.record("there are no thresholds")
            return
        }
        #expect(try thresholds.tensor.elements(as: Double.self).first == 0.1)
    }

    @Test func `no trees sum to zero`() throws {
        #expect(floats(try node(TreeSum(branch: .less)), "target_weights") == [0])
    }

    @Test func `a threshold rounded up decides as the double does for every float`() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<100_000 {
            let threshold = Double(bitPattern: random.next() & 0xC7FF_FFFF_FFFF_FFFF | 0x3800_0000_0000_0000)
            guard threshold.isFinite, abs(threshold) < Double(Float.greatestFiniteMagnitude) else { continue }
            let rounded = Float(roundedUp: threshold)
            for value in [rounded.nextDown, rounded, rounded.nextUp] {
                #expect((Double(value) < threshold) == (value < rounded))
            }
        }
    }
}

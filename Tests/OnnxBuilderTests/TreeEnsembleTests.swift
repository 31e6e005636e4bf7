import OnnxBuilder
import OnnxIR
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

    @Test func `nodes and leaves become parallel attributes`() throws {
        var ensemble = TreeEnsemble(branch: .less)
        ensemble.split(tree: 0, node: 0, feature: 3, threshold: 1.5, children: (1, 2), missingGoesFirst: true)
        ensemble.leaf(tree: 0, node: 1, weights: [(0, 0.25), (1, 0.75)])
        ensemble.leaf(tree: 0, node: 2, weights: [(1, 1)])
        let attributes = ensemble.regressorAttributes(targetCount: 2, base: [0, 1])
        func ints(_ name: String) -> [Int64]? {
            guard case .ints(let ints)? = attributes.first(where: { $0.name == name })?.value else { return nil }
            return ints
        }
        #expect(ints("nodes_nodeids") == [0, 1, 2])
        #expect(ints("nodes_featureids") == [3, 0, 0])
        #expect(ints("nodes_truenodeids") == [1, 0, 0])
        #expect(ints("nodes_falsenodeids") == [2, 0, 0])
        #expect(ints("nodes_missing_value_tracks_true") == [1, 0, 0])
        #expect(ints("target_nodeids") == [1, 1, 2])
        #expect(ints("target_ids") == [0, 1, 1])
        #expect(attributes.contains { $0.name == "base_values" })
    }
}

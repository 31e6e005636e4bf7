import CKernels
import Testing

/// The kernels of `ck_tree.h` that this file tests.
let treeKernels: [String] = ["f32_tree_scratch_size", "f32_tree_scores"]

/// A forest as a model has it, and what it says of a row by the words of the standard.
private struct Forest {
    var nodes: [ck_tree_node] = []
    var roots: [Int32] = []
    var leafStarts: [Int] = [0]
    var weights: [ck_tree_weight] = []
    var featureCount: Int
    var targetCount: Int
    var aggregate = CK_TREE_SUM

    /// Shape of random trees.
    struct Growth {
        var depth = 6
        /// Of a hundred nodes those that are leaves before the greatest depth.
        var leafPercentage = 0
        var comparisons: [ck_tree_comparison] = [CK_TREE_LEQ]
        /// Of a hundred nodes those that are true for what is missing.
        var missingPercentage = 0
        var thresholds: [Float]
    }

    enum Weights: CaseIterable {
        case onePerTree
        case all
        case some
    }

    static func random(
        trees: Int,
        features: Int,
        targets: Int,
        weights: Weights = .onePerTree,
        growth: Growth,
        using generator: inout SeededGenerator
    ) -> Forest {
        var forest = Forest(featureCount: features, targetCount: targets)
        for tree in 0..<trees {
            let target = UInt32(tree % targets)
            forest.roots.append(forest.grow(growth, depth: 0, weights, target, &generator))
        }
        return forest
    }

    private mutating func grow(
        _ growth: Growth,
        depth: Int,
        _ kind: Weights,
        _ target: UInt32,
        _ generator: inout SeededGenerator
    ) -> Int32 {
        let percentage = Int.random(in: 0..<100, using: &generator)
        guard depth < growth.depth, depth == 0 || percentage >= growth.leafPercentage else {
            let targets: [UInt32] =
                switch kind {
                case .onePerTree: [target]
                case .all: Array(0..<UInt32(targetCount))
                case .some: (0..<UInt32(targetCount)).filter { _ in Bool.random(using: &generator) }
                }
            for target in targets {
                weights.append(ck_tree_weight(target: target, value: Float.random(in: -1...1, using: &generator)))
            }
            leafStarts.append(weights.count)
            return ~Int32(leafStarts.count - 2)
        }
        let index = nodes.count
        nodes.append(
            ck_tree_node(
                threshold: growth.thresholds.randomElement(using: &generator) ?? 0,
                feature: UInt32.random(in: 0..<UInt32(featureCount), using: &generator),
                when_true: 0,
                when_false: 0,
                comparison: UInt8((growth.comparisons.randomElement(using: &generator) ?? CK_TREE_LEQ).rawValue),
                is_true_for_missing: Int.random(in: 0..<100, using: &generator) < growth.missingPercentage ? 1 : 0
            )
        )
        nodes[index].when_true = grow(growth, depth: depth + 1, kind, target, &generator)
        nodes[index].when_false = grow(growth, depth: depth + 1, kind, target, &generator)
        return Int32(index)
    }

    private func isTrue(_ node: ck_tree_node, _ value: Float) -> Bool {
        let isTrue =
            switch ck_tree_comparison(UInt32(node.comparison)) {
            case CK_TREE_LEQ: value <= node.threshold
            case CK_TREE_LT: value < node.threshold
            case CK_TREE_GTE: value >= node.threshold
            case CK_TREE_GT: value > node.threshold
            case CK_TREE_EQ: value == node.threshold
            default: value != node.threshold
            }
        return isTrue || (node.is_true_for_missing != 0 && value.isNaN)
    }

    func scores(_ row: ArraySlice<Float>, base: [Float]) -> [Double] {
        var scores = [Double?](repeating: nil, count: targetCount)
        for root in roots {
            var child = root
            while child >= 0 {
                let node = nodes[Int(child)]
                let value = row[row.startIndex + Int(node.feature)]
                child = isTrue(node, value) ? node.when_true : node.when_false
            }
            for weight in weights[leafStarts[Int(~child)]..<leafStarts[Int(~child) + 1]] {
                let (target, value) = (Int(weight.target), Double(weight.value))
                switch (aggregate, scores[target]) {
                case (_, nil): scores[target] = value
                case (CK_TREE_MIN, let score?): scores[target] = min(score, value)
                case (CK_TREE_MAX, let score?): scores[target] = max(score, value)
                case (_, let score?): scores[target] = score + value
                }
            }
        }
        let divisor = aggregate == CK_TREE_AVERAGE ? Double(max(1, roots.count)) : 1
        return scores.indices.map { (scores[$0] ?? 0) / divisor + (base.isEmpty ? 0 : Double(base[$0])) }
    }

    /// The compiled form, in memory no larger than promised; empty for a forest that is too large.
    func compiled() -> [UInt8] {
        nodes.withUnsafeBufferPointer { nodes in
            roots.withUnsafeBufferPointer { roots in
                leafStarts.withUnsafeBufferPointer { starts in
                    weights.withUnsafeBufferPointer { weights in
                        var forest = ck_tree_forest(
                            nodes: nodes.baseAddress,
                            node_count: nodes.count,
                            roots: roots.baseAddress,
                            root_count: roots.count,
                            leaf_starts: starts.baseAddress,
                            leaf_count: starts.count - 1,
                            weights: weights.baseAddress,
                            feature_count: featureCount,
                            target_count: targetCount,
                            aggregate: aggregate
                        )
                        let compiled = GuardedBuffer([UInt8](repeating: 0xAA, count: ck_tree_compile_size(&forest)))
                        let scratchSize = ck_tree_compile_scratch_size(&forest)
                        let scratch = GuardedBuffer([UInt8](repeating: 0xAA, count: scratchSize))
                        let size = ck_tree_compile(&forest, compiled.base, scratch.base)
                        #expect(size <= compiled.elements.count)
                        return Array(compiled.elements.prefix(size))
                    }
                }
            }
        }
    }

    /// Whether all tables and all counts of rows give the scores that the standard's words give.
    func check(
        rows rowCounts: [Int],
        values: [Float],
        base: [Float] = [],
        padding: Int = 0,
        using generator: inout SeededGenerator
    ) {
        let stride = featureCount + padding
        let rowCount = rowCounts.max() ?? 0
        let x = (0..<max(0, rowCount * stride - padding)).map { _ in values.randomElement(using: &generator) ?? 0 }
        let expected = (0..<rowCount).map { scores(x[($0 * stride)..<($0 * stride + featureCount)], base: base) }
        let largest = expected.joined().map(\.magnitude).max() ?? 0
        let code = compiled()
        #expect(!code.isEmpty)
        for kernels in Kernels.available {
            for side in GuardedBuffer<Float>.Guard.allCases {
                for rows in rowCounts {
                    let input = GuardedBuffer(Array(x.prefix(max(0, rows * stride - padding))), guarding: side)
                    let output = GuardedBuffer([Float](repeating: .nan, count: rows * targetCount), guarding: side)
                    let forest = GuardedBuffer(code)
                    let offsets = GuardedBuffer(base, guarding: side)
                    let scratchSize = kernels.table.f32_tree_scratch_size(forest.base, rows, 1)
                    let scratch = GuardedBuffer([UInt8](repeating: 0x55, count: scratchSize))
                    kernels.table.f32_tree_scores(
                        forest.base,
                        rows,
                        input.base,
                        stride,
                        base.isEmpty ? nil : offsets.base,
                        output.base,
                        scratch.base,
                        nil
                    )
                    let wrong = zip(output.values, expected.prefix(rows).joined()).count {
                        !((Double($0) - $1).magnitude <= 1e-5 * max(largest, 1e-30))
                    }
                    #expect(wrong == 0, "\(kernels) with \(rows) rows")
                }
            }
        }
    }
}

private let rowCounts = [0, 1, 7, 8, 9, 23, 24, 100, 128, 150, 259]
private let special: [Float] = [
    .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 0.5, -0.5, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 2, 3,
]
private let allComparisons = [CK_TREE_LEQ, CK_TREE_LT, CK_TREE_GTE, CK_TREE_GT, CK_TREE_EQ, CK_TREE_NEQ]

@Test("full trees of few thresholds give each row its scores", arguments: [1, 2, 5, 6, 8])
func fullTreesOfFewThresholds(depth: Int) {
    var generator = SeededGenerator(seed: UInt64(depth))
    let thresholds = generator.floats(40)
    let growth = Forest.Growth(depth: depth, thresholds: thresholds)
    let forest = Forest.random(trees: 19, features: 5, targets: 1, growth: growth, using: &generator)
    forest.check(rows: rowCounts, values: thresholds + generator.floats(50), base: [0.25], using: &generator)
}

@Test("full trees of many thresholds give each row its scores", arguments: [3, 6, 7])
func fullTreesOfManyThresholds(depth: Int) {
    var generator = SeededGenerator(seed: UInt64(depth) + 10)
    let thresholds = generator.floats(5000)
    let growth = Forest.Growth(depth: depth, thresholds: thresholds)
    let forest = Forest.random(trees: 40, features: 2, targets: 1, growth: growth, using: &generator)
    forest.check(rows: rowCounts, values: thresholds + generator.floats(50), padding: 3, using: &generator)
}

@Test("deep and ragged trees give each row its scores", arguments: [8, 13, 40])
func raggedTrees(depth: Int) {
    var generator = SeededGenerator(seed: UInt64(depth) + 20)
    let thresholds = generator.floats(1000)
    let growth = Forest.Growth(depth: depth, leafPercentage: depth > 20 ? 40 : 10, thresholds: thresholds)
    let forest = Forest.random(trees: 11, features: 7, targets: 1, growth: growth, using: &generator)
    forest.check(rows: rowCounts, values: thresholds + generator.floats(50), using: &generator)
}

@Test(
    "each comparison takes each special number and what is missing where the standard says",
    arguments: allComparisons.map { [$0] } + [allComparisons, Array(allComparisons.prefix(4))],
    [0, 50, 100]
)
func comparisons(comparisons: [ck_tree_comparison], missingPercentage: Int) {
    var generator = SeededGenerator(seed: UInt64(missingPercentage) + 30)
    let growth = Forest.Growth(
        depth: 6,
        leafPercentage: 20,
        comparisons: comparisons,
        missingPercentage: missingPercentage,
        thresholds: special
    )
    let forest = Forest.random(trees: 30, features: 9, targets: 1, growth: growth, using: &generator)
    forest.check(rows: [1, 8, 130], values: special, using: &generator)
}

@Test("one node decides on each special number", arguments: allComparisons, [0, 1] as [UInt8])
func oneNode(comparison: ck_tree_comparison, isTrueForMissing: UInt8) {
    var generator = SeededGenerator(seed: 40)
    for threshold in special {
        let node = ck_tree_node(
            threshold: threshold,
            feature: 0,
            when_true: ~0,
            when_false: ~1,
            comparison: UInt8(comparison.rawValue),
            is_true_for_missing: isTrueForMissing
        )
        let weights = [ck_tree_weight(target: 0, value: 1), ck_tree_weight(target: 0, value: 2)]
        let forest = Forest(
            nodes: [node],
            roots: [0],
            leafStarts: [0, 1, 2],
            weights: weights,
            featureCount: 1,
            targetCount: 1
        )
        forest.check(rows: [9, 64], values: special, using: &generator)
    }
}

@Test("several targets get the weights that are theirs", arguments: Forest.Weights.allCases, [1, 3, 8, 17])
private func targets(weights: Forest.Weights, targets: Int) {
    var generator = SeededGenerator(seed: UInt64(targets) + 50)
    for thresholds in [generator.floats(30), generator.floats(3000)] {
        let growth = Forest.Growth(depth: 5, leafPercentage: 10, thresholds: thresholds)
        let forest = Forest.random(
            trees: 25,
            features: 3,
            targets: targets,
            weights: weights,
            growth: growth,
            using: &generator
        )
        forest.check(
            rows: [1, 8, 131],
            values: generator.floats(60),
            base: generator.floats(targets),
            using: &generator
        )
    }
}

@Test("weights are joined by each aggregate", arguments: [CK_TREE_SUM, CK_TREE_AVERAGE, CK_TREE_MIN, CK_TREE_MAX])
func aggregates(aggregate: ck_tree_aggregate) {
    var generator = SeededGenerator(seed: 60)
    for weights in Forest.Weights.allCases {
        let growth = Forest.Growth(depth: 4, leafPercentage: 10, thresholds: generator.floats(30))
        var forest = Forest.random(
            trees: 9,
            features: 3,
            targets: 4,
            weights: weights,
            growth: growth,
            using: &generator
        )
        forest.aggregate = aggregate
        forest.check(rows: [1, 8, 131], values: generator.floats(60), base: generator.floats(4), using: &generator)
    }
}

@Test("trees without nodes, without weights and no trees at all have scores")
func degenerateForests() {
    var generator = SeededGenerator(seed: 70)
    let leaf = [ck_tree_weight(target: 0, value: 3)]
    let single = Forest(roots: [~0], leafStarts: [0, 1], weights: leaf, featureCount: 2, targetCount: 1)
    single.check(rows: [1, 9, 130], values: special, using: &generator)
    let empty = Forest(roots: [~0], leafStarts: [0, 0], featureCount: 2, targetCount: 3)
    empty.check(rows: [1, 9, 130], values: special, base: [1, 2, 3], using: &generator)
    for aggregate in [CK_TREE_SUM, CK_TREE_AVERAGE, CK_TREE_MIN] {
        let none = Forest(featureCount: 1, targetCount: 2, aggregate: aggregate)
        none.check(rows: [1, 9, 130], values: special, using: &generator)
    }
}

@Test("many comparisons for equality in a chain stay small")
func chainOfEqualities() {
    var generator = SeededGenerator(seed: 80)
    let count = 60
    var forest = Forest(roots: [0], featureCount: 1, targetCount: 1)
    for index in 0..<count {
        forest.nodes.append(
            ck_tree_node(
                threshold: Float(index),
                feature: 0,
                when_true: ~Int32(index),
                when_false: index + 1 < count ? Int32(index + 1) : ~Int32(count),
                comparison: UInt8(CK_TREE_EQ.rawValue),
                is_true_for_missing: 0
            )
        )
    }
    for index in 0...count {
        forest.weights.append(ck_tree_weight(target: 0, value: Float(index)))
        forest.leafStarts.append(index + 1)
    }
    forest.check(rows: [1, 130], values: (0..<70).map { Float($0) }, using: &generator)
}

@Test("scores do not depend on the number of threads")
func threadsOfForests() {
    var generator = SeededGenerator(seed: 90)
    let rows = 3000
    for leafPercentage in [0, 10] {
        let depth = leafPercentage == 0 ? 5 : 14
        let growth = Forest.Growth(depth: depth, leafPercentage: leafPercentage, thresholds: generator.floats(100))
        let forest = Forest.random(trees: 50, features: 4, targets: 3, growth: growth, using: &generator)
        let code = GuardedBuffer(forest.compiled())
        let x = generator.floats(rows * 4)
        for kernels in Kernels.available {
            let results = [UInt32(1), 2, 5].map { threads in
                let pool = ck_pool_create(threads)
                defer { ck_pool_destroy(pool) }
                let size = kernels.table.f32_tree_scratch_size(code.base, rows, Int(threads))
                let scratch = GuardedBuffer([UInt8](repeating: 0, count: size))
                let output = GuardedBuffer([Float](repeating: 0, count: rows * 3))
                kernels.table.f32_tree_scores(code.base, rows, x, 4, nil, output.base, scratch.base, pool)
                return output.values
            }
            #expect(results[0] == results[1])
            #expect(results[0] == results[2])
        }
    }
}

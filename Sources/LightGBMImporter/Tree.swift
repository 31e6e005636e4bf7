import Diagnostics
import ModelImport
import OnnxBuilder

/// One tree of a booster.
///
/// *Source*: LightGBM 2.1 to 4.7, `include/LightGBM/tree.h`.
struct Tree {
    /// Where a sample goes: to another split, or to a leaf.
    enum Child: Hashable {
        case split(Int)
        case leaf(Int)

        /// LightGBM's own form: the complement of a leaf's index is negative.
        init(_ number: Int) { self = number < 0 ? .leaf(~number) : .split(number) }
    }

    /// Which values count as missing; NaN is zero where it does not.
    enum Missing: Int {
        case none, zero, nan
    }

    /// When a sample goes left.
    enum Condition {
        case atMost(Double)
        case oneOf(CategorySet)
    }

    struct Split {
        var feature: Int
        var condition: Condition
        var missing: Missing
        var missingGoesLeft: Bool
        var left: Child
        var right: Child
    }

    struct Leaf {
        var value: Double
        /// What stands in the place of `value` where none of its features is missing.
        var linear: LinearFunction?
    }

    /// `constant` and the sum of features, each times its coefficient.
    struct LinearFunction {
        var constant: Double
        var features: [Int]
        var coefficients: [Double]
    }

    let splits: [Split]
    let leaves: [Leaf]

    /// A tree whose root is its first split, or its only leaf.
    ///
    /// *Throws*: `malformed` when the splits do not form a tree, or a feature or number is out of range.
    init(splits: [Split], leaves: [Leaf], featureCount: Int) throws(ModelImportError) {
        self.splits = splits
        self.leaves = leaves
        try validateChildren()
        for (index, split) in splits.enumerated() {
            guard (0..<featureCount).contains(split.feature) else {
                throw ModelImportError(
                    .malformed,
                    "split \(index) splits feature \(split.feature), expected one of 0..<\(featureCount)"
                )
            }
            if case .atMost(let threshold) = split.condition, threshold.isNaN {
                throw ModelImportError(.malformed, "split \(index) has the threshold NaN")
            }
        }
        for (index, leaf) in leaves.enumerated() {
            try validate(leaf, index, featureCount: featureCount)
        }
    }

    private func validateChildren() throws(ModelImportError) {
        guard leaves.count == splits.count + 1 else {
            throw ModelImportError(
                .malformed,
                "the tree has \(leaves.count) leaves, expected \(splits.count + 1) for \(splits.count) splits"
            )
        }
        var isSeen: Set<Child> = [.split(0)]
        var waiting = splits.isEmpty ? [] : [0]
        while let index = waiting.popLast() {
            for child in [splits[index].left, splits[index].right] {
                let exists =
                    switch child {
                    case .split(let split): splits.indices.contains(split)
                    case .leaf(let leaf): leaves.indices.contains(leaf)
                    }
                guard exists, isSeen.insert(child).inserted else {
                    throw ModelImportError(
                        .malformed,
                        "split \(index) has child \(child), expected a split or leaf that has no parent yet"
                    )
                }
                if case .split(let split) = child { waiting.append(split) }
            }
        }
    }

    private func validate(_ leaf: Leaf, _ index: Int, featureCount: Int) throws(ModelImportError) {
        for number in [leaf.value] + (leaf.linear.map { [$0.constant] + $0.coefficients } ?? [])
        where !(abs(number) <= TreeSum.weightLimit) {
            throw ModelImportError(.malformed, "leaf \(index) has the number \(number), expected one up to 1e30")
        }
        for feature in leaf.linear?.features ?? [] where !(0..<featureCount).contains(feature) {
            throw ModelImportError(
                .malformed,
                "leaf \(index) uses feature \(feature), expected one of 0..<\(featureCount)"
            )
        }
    }
}

extension Tree.Child: CustomStringConvertible {
    var description: String {
        switch self {
        case .split(let index): "split \(index)"
        case .leaf(let index): "leaf \(index)"
        }
    }
}

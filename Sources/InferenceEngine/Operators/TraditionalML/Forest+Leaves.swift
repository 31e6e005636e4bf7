extension Forest {
    /// A weight of a leaf, and the target or class that it is for.
    struct Weight: Sendable {
        let target: Int
        let value: Double
    }

    /// The weights of all leaves, those of one behind those of the one before.
    struct Leaves: Sendable {
        let weights: [Weight]
        /// Where the weights of each leaf begin, and behind them where the last ones end.
        let starts: [Int]

        /// The weights with the leaf that each belongs to; they keep their order within a leaf.
        init(_ weights: [Weight], of owners: [Int], leafCount: Int) {
            var starts = [Int](repeating: 0, count: leafCount + 1)
            for owner in owners { starts[owner + 1] += 1 }
            for leaf in 0..<leafCount { starts[leaf + 1] += starts[leaf] }
            self.starts = starts
            guard !zip(owners, owners.dropFirst()).allSatisfy({ $0 <= $1 }) else {
                self.weights = weights
                return
            }
            var ordered = weights
            for (weight, owner) in zip(weights, owners) {
                ordered[starts[owner]] = weight
                starts[owner] += 1
            }
            self.weights = ordered
        }

        /// A weight for each leaf.
        init(_ weights: [Weight]) {
            self.weights = weights
            starts = Array(0...weights.count)
        }

        var count: Int { starts.count - 1 }

        /// Whether no leaf is without a weight.
        var areAllWeighted: Bool { zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 } }

        subscript(leaf: Int) -> ArraySlice<Weight> { weights[starts[leaf]..<starts[leaf + 1]] }
    }
}

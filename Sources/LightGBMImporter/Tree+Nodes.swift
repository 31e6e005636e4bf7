import ModelImport
import OnnxBuilder

extension Tree {
    /// The columns beside the features that the splits need.
    var derivedColumns: [SplitColumns.Source] { splits.compactMap(derivedColumn) }

    private func derivedColumn(_ split: Split) -> SplitColumns.Source? {
        switch split.condition {
        case .oneOf(let set): .membership(feature: split.feature, set)
        case .atMost(let threshold):
            split.missing == .zero && split.missingGoesLeft != (threshold >= 0)
                ? .zerosAsMissing(feature: split.feature) : nil
        }
    }

    /// Adds the nodes to a sum; splits keep their numbers, leaves follow, and behind them what linear leaves need.
    func append(to sum: inout TreeSum, tree: Int, group: Int, columns: SplitColumns, linear: LinearTargets) {
        func node(_ child: Child) -> Int {
            switch child {
            case .split(let index): index
            case .leaf(let index): splits.count + index
            }
        }
        for (index, split) in splits.enumerated() {
            let column = derivedColumn(split)
            let (threshold, missingGoesLeft) = decision(of: split)
            sum.split(
                tree: tree,
                node: index,
                feature: column.map { columns.index(of: $0) } ?? split.feature,
                threshold: threshold,
                children: (node(split.left), node(split.right)),
                missingGoesFirst: missingGoesLeft
            )
        }
        var next = splits.count + leaves.count
        for (index, leaf) in leaves.enumerated() {
            linear.append(leaf, to: &sum, tree: tree, node: node(.leaf(index)), group: group, next: &next)
        }
    }

    /// The threshold of a column, and where a missing value goes.
    ///
    /// *Source*: `Tree::NumericalDecision` and `Tree::CategoricalDecision`; `Predictor` gives trees 0 for values that are
    /// `kZeroThreshold` or less apart from it.
    private func decision(of split: Split) -> (threshold: Double, missingGoesLeft: Bool) {
        guard case .atMost(let threshold) = split.condition else { return (0.5, false) }
        let zeroGoesLeft = threshold >= 0
        let missingGoesLeft = split.missing == .none ? zeroGoesLeft : split.missingGoesLeft
        let limit = Double(SplitColumns.zeroLimit)
        guard threshold >= -limit, threshold < limit else { return (threshold, missingGoesLeft) }
        return (zeroGoesLeft ? limit : (-limit).nextDown, missingGoesLeft)
    }
}

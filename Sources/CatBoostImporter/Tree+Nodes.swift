import OnnxBuilder

extension Tree {
    /// A test of a column, and whether a missing value passes it for the first child, which is the left one.
    struct Test {
        var column: Int
        var threshold: Double
        var missingGoesLeft: Bool
    }

    /// Adds the nodes to a sum, with the test that each split becomes.
    func append(to sum: inout TreeSum, tree: Int, dimension: Int, test: (Model.Split) -> Test) {
        switch self {
        case .symmetric(let splits, let values):
            append(splits, values, to: &sum, tree: tree, dimension: dimension, test: test)
        case .asymmetric(let nodes, let root, let values):
            append(nodes, root, values, to: &sum, tree: tree, dimension: dimension, test: test)
        }
    }

    private func append(
        _ splits: [Model.Split],
        _ values: [Double],
        to sum: inout TreeSum,
        tree: Int,
        dimension: Int,
        test: (Model.Split) -> Test
    ) {
        for (level, split) in splits.reversed().enumerated() {
            let test = test(split)
            for node in (1 << level) - 1..<(2 << level) - 1 {
                sum.split(
                    tree: tree,
                    node: node,
                    feature: test.column,
                    threshold: test.threshold,
                    children: (2 * node + 1, 2 * node + 2),
                    missingGoesFirst: test.missingGoesLeft
                )
            }
        }
        let first = (1 << splits.count) - 1
        for leaf in 0...first {
            sum.leaf(tree: tree, node: first + leaf, weights: Self.weights(values, leaf * dimension, dimension))
        }
    }

    private func append(
        _ nodes: [Node],
        _ root: Child,
        _ values: [Double],
        to sum: inout TreeSum,
        tree: Int,
        dimension: Int,
        test: (Model.Split) -> Test
    ) {
        var next = 1
        var waiting = [(child: root, node: 0)]
        while let (child, node) = waiting.popLast() {
            switch child {
            case .leaf(let start):
                sum.leaf(tree: tree, node: node, weights: Self.weights(values, start, dimension))
            case .node(let index):
                let test = test(nodes[index].split)
                sum.split(
                    tree: tree,
                    node: node,
                    feature: test.column,
                    threshold: test.threshold,
                    children: (next, next + 1),
                    missingGoesFirst: test.missingGoesLeft
                )
                waiting += [(nodes[index].right, next + 1), (nodes[index].left, next)]
                next += 2
            }
        }
    }

    private static func weights(_ values: [Double], _ start: Int, _ count: Int) -> [(target: Int, weight: Double)] {
        (0..<count).map { (target: $0, weight: values[start + $0]) }
    }
}

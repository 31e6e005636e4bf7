import Diagnostics
import ModelImport
import OnnxBuilder

/// A tree whose leaves have a value for each raw score.
enum Tree {
    enum Child: Hashable {
        case node(Int)
        /// Where the leaf's values begin.
        case leaf(Int)
    }

    struct Node {
        var split: Model.Split
        var left: Child
        var right: Child
    }

    /// The same split at each level; the split of the last level is the first, and decides the lowest bit of the leaf.
    case symmetric([Model.Split], values: [Double])
    /// Nodes of any shape, the root first.
    case asymmetric([Node], root: Child, values: [Double])

    /// A symmetric tree is never deeper than this.
    static let depthLimit = 20

    var splits: [Model.Split] {
        switch self {
        case .symmetric(let splits, _): splits
        case .asymmetric(let nodes, _, _): nodes.map(\.split)
        }
    }

    /// Refuses what is no tree, or has values that no sum holds.
    func validate(dimension: Int) throws(ModelImportError) {
        let values: [Double]
        switch self {
        case .symmetric(let splits, let given):
            values = given
            guard splits.count <= Self.depthLimit, dimension <= 1 << 20, given.count == dimension << splits.count
            else {
                throw ModelImportError(
                    .malformed,
                    "a tree of \(splits.count) levels has \(given.count) values, expected \(dimension) for each leaf"
                )
            }
        case .asymmetric(let nodes, let root, let given):
            values = given
            try Self.validate(nodes, root: root, valueCount: given.count, dimension: dimension)
        }
        if let value = values.first(where: { !(abs($0) <= TreeSum.weightLimit) }) {
            throw ModelImportError(.malformed, "a leaf has the value \(value), expected one up to 1e30")
        }
    }

    private static func validate(
        _ nodes: [Node],
        root: Child,
        valueCount: Int,
        dimension: Int
    ) throws(ModelImportError) {
        var isSeen: Set<Int> = []
        var isUsed: Set<Int> = []
        var waiting = [root]
        while let child = waiting.popLast() {
            switch child {
            case .leaf(let start):
                guard start >= 0, start <= valueCount - dimension else {
                    throw ModelImportError(.malformed, "a leaf begins at value \(start), expected one of \(valueCount)")
                }
                guard start % dimension == 0, isUsed.insert(start).inserted else {
                    throw ModelImportError(.malformed, "a leaf begins at value \(start), which is in another leaf")
                }
            case .node(let index):
                guard nodes.indices.contains(index), isSeen.insert(index).inserted else {
                    throw ModelImportError(
                        .malformed,
                        "a node has child \(index), expected another node of the tree that has no parent yet"
                    )
                }
                waiting += [nodes[index].left, nodes[index].right]
            }
        }
    }
}

import Diagnostics

/// Where the nodes of trees stand in a list, by the numbers of their tree and in it.
struct NodePlaces {
    private struct Key: Hashable {
        let tree: Int
        let node: Int
    }

    /// Where each tree begins, and behind them where the last one ends, when trees and their nodes count from 0.
    private var starts: [Int] = []
    private var places: [Key: Int] = [:]

    /// *Throws*: `attribute` when a node stands twice.
    init(trees: [Int], nodes: [Int]) throws(EngineError) {
        if let starts = Self.starts(trees, nodes) {
            self.starts = starts
            return
        }
        places.reserveCapacity(trees.count)
        for (place, key) in zip(trees, nodes).lazy.map({ Key(tree: $0, node: $1) }).enumerated() {
            guard places.updateValue(place, forKey: key) == nil else {
                throw EngineError(.attribute, "node \(key.node) of tree \(key.tree) stands twice in `nodes_nodeids`")
            }
        }
    }

    /// PERF: files of scikit-learn and XGBoost count from 0, and a dictionary takes most of the time of a load.
    private static func starts(_ trees: [Int], _ nodes: [Int]) -> [Int]? {
        var starts: [Int] = []
        for place in trees.indices {
            if trees[place] == starts.count { starts.append(place) }
            guard trees[place] == starts.count - 1, nodes[place] == place - starts[starts.count - 1] else { return nil }
        }
        starts.append(trees.count)
        return starts
    }

    /// The place of a node; `nil` when there is none.
    func place(tree: Int, node: Int) -> Int? {
        guard !starts.isEmpty else { return places[Key(tree: tree, node: node)] }
        guard tree >= 0, tree < starts.count - 1, node >= 0, node < starts[tree + 1] - starts[tree] else { return nil }
        return starts[tree] + node
    }
}

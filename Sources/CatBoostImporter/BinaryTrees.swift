import Diagnostics
import ModelImport

/// Makes trees of the flat arrays of the binary form.
struct BinaryTrees {
    private let tables: BinaryTables
    private let binaryFeatures: [Model.Split]

    init(_ tables: BinaryTables, binaryFeatures: [Model.Split]) {
        self.tables = tables
        self.binaryFeatures = binaryFeatures
    }

    func trees() throws(ModelImportError) -> [Tree] {
        guard tables.sizes.count == tables.starts.count else {
            throw ModelImportError(
                .malformed,
                "there are \(tables.starts.count) starts of trees, expected \(tables.sizes.count) from their sizes"
            )
        }
        var trees: [Tree] = []
        var valueStart = 0
        for (index, (start, size)) in zip(tables.starts, tables.sizes).enumerated() {
            trees.append(
                try locating(.item("tree", "\(index)")) { () throws(ModelImportError) in
                    let splits = try splits(start: start, count: size)
                    let tree =
                        tables.steps.isEmpty
                        ? try symmetric(splits, valueStart: &valueStart) : try asymmetric(splits, start: start)
                    try tree.validate(dimension: tables.dimension)
                    return tree
                }
            )
        }
        return trees
    }

    private func splits(start: Int, count: Int) throws(ModelImportError) -> ArraySlice<Int> {
        guard start >= 0, count >= 0, start <= tables.splits.count, count <= tables.splits.count - start else {
            throw ModelImportError(
                .malformed,
                "the tree has splits \(start) and \(count) more, expected some of \(tables.splits.count)"
            )
        }
        return tables.splits[start..<start + count]
    }

    /// The question of a split.
    private func split(_ index: Int) throws(ModelImportError) -> Model.Split {
        guard binaryFeatures.indices.contains(index) else {
            throw ModelImportError(
                .malformed,
                "a split asks question \(index), expected one of 0..<\(binaryFeatures.count)"
            )
        }
        return binaryFeatures[index]
    }

    private func symmetric(
        _ indices: ArraySlice<Int>,
        valueStart: inout Int
    ) throws(ModelImportError) -> Tree {
        var splits: [Model.Split] = []
        for index in indices { splits.append(try split(index)) }
        guard splits.count <= Tree.depthLimit else {
            throw ModelImportError(
                .malformed,
                "the tree has \(splits.count) levels, expected at most \(Tree.depthLimit)"
            )
        }
        let count = tables.dimension << splits.count
        guard count <= tables.leafValues.count - valueStart else {
            throw ModelImportError(
                .malformed,
                "the tree has \(tables.leafValues.count - valueStart) values left, expected \(count)"
            )
        }
        defer { valueStart += count }
        return .symmetric(splits, values: Array(tables.leafValues[valueStart..<valueStart + count]))
    }

    private func asymmetric(_ indices: ArraySlice<Int>, start: Int) throws(ModelImportError) -> Tree {
        let end = start + indices.count
        guard end <= tables.steps.count, end <= tables.leaves.count, !indices.isEmpty else {
            throw ModelImportError(
                .malformed,
                "the tree has nodes up to \(end), expected some of \(tables.steps.count)"
            )
        }
        var nodes: [Tree.Node] = []
        var values: [Double] = []
        var isSeen = [Bool](repeating: false, count: indices.count)
        var waiting: [(place: Int, node: Int)] = []
        /// What stands at a node: a leaf where no step leads on, or where the step is none.
        func child(_ node: Int, isEnd: Bool) throws(ModelImportError) -> Tree.Child {
            guard node < end else {
                throw ModelImportError(
                    .malformed,
                    "a node has child \(node - start), expected one of 0..<\(indices.count)"
                )
            }
            guard isEnd || tables.steps[node] == (0, 0) else {
                guard !isSeen[node - start] else {
                    throw ModelImportError(.malformed, "a node has child \(node - start), which has a parent already")
                }
                isSeen[node - start] = true
                nodes.append(Tree.Node(split: try split(tables.splits[node]), left: .leaf(0), right: .leaf(0)))
                waiting.append((nodes.count - 1, node))
                return .node(nodes.count - 1)
            }
            let first = tables.leaves[node]
            guard first <= tables.leafValues.count - tables.dimension else {
                throw ModelImportError(
                    .malformed,
                    "a leaf begins at value \(first), expected one of \(tables.leafValues.count)"
                )
            }
            values += tables.leafValues[first..<first + tables.dimension]
            return .leaf(values.count - tables.dimension)
        }
        let root = try child(start, isEnd: false)
        while let (place, node) = waiting.popLast() {
            let (left, right) = tables.steps[node]
            nodes[place].left = try child(node + left, isEnd: left == 0)
            nodes[place].right = try child(node + right, isEnd: right == 0)
        }
        return .asymmetric(nodes, root: root, values: values)
    }
}

import Diagnostics
import ModelFormats
import ModelImport

/// Readers for the parallel arrays of a saved tree, that name what is wrong with them.
struct TreeArrays {
    let tree: DocumentValue

    init(_ tree: DocumentValue) { self.tree = tree }

    func numbers(_ name: String, count: Int?) throws(ModelImportError) -> [Double] {
        guard let numbers = tree[name]?.numbers else {
            throw ModelImportError(.malformed, "`\(name)` is not an array of numbers")
        }
        if let count, numbers.count != count {
            throw ModelImportError(
                .malformed,
                "`\(name)` has \(numbers.count) elements, expected \(count) from `left_children`"
            )
        }
        return numbers
    }

    func integers(_ name: String, count: Int?) throws(ModelImportError) -> [Int] {
        let numbers = try numbers(name, count: count)
        let integers = numbers.compactMap { Int(exactly: $0) }
        guard integers.count == numbers.count else {
            throw ModelImportError(.malformed, "`\(name)` holds a number that is not whole")
        }
        return integers
    }

    /// The categories that go right, for each node that splits by category; what is no category goes left.
    ///
    /// *Source*: XGBoost's `common::Decision` in `src/common/categorical.h`.
    func categorySets(
        nodeCount: Int,
        missingGoesLeft: (Int) -> Bool
    ) throws(ModelImportError) -> [Int: CategorySet] {
        guard tree["split_type"] != nil else { return [:] }
        let types = try integers("split_type", count: nodeCount)
        let nodes = types.indices.filter { types[$0] != 0 }
        guard !nodes.isEmpty else { return [:] }
        let categories = try integers("categories", count: nil)
        let listed = try integers("categories_nodes", count: nil)
        let starts = try integers("categories_segments", count: nil)
        let sizes = try integers("categories_sizes", count: nil)
        guard listed.count == starts.count, listed.count == sizes.count, Set(listed).isSuperset(of: nodes) else {
            throw ModelImportError(.malformed, "`categories_nodes` does not list each node that splits by category")
        }
        var rest = categories.count
        var sets: [Int: CategorySet] = [:]
        for (index, node) in listed.enumerated() where types.indices.contains(node) {
            let (start, size) = (starts[index], sizes[index])
            guard start >= 0, size >= 0, start <= categories.count, size <= categories.count - start else {
                throw ModelImportError(
                    .malformed,
                    "node \(node) has categories \(start) and \(size) more, expected some of \(categories.count)"
                )
            }
            rest -= size
            guard rest >= 0 else {
                throw ModelImportError(.malformed, "`categories_segments` overlap, expected categories for each node")
            }
            let members = categories[start..<start + size]
            guard members.allSatisfy({ (0..<1 << 24).contains($0) }) else {
                throw ModelImportError(.malformed, "`categories` holds a number that is no category")
            }
            sets[node] = CategorySet(members, containsMissing: !missingGoesLeft(node))
        }
        return sets
    }
}

import Diagnostics
import ModelImport

/// Which nodes of a tree have a parent: its nodes stand behind their parents, of which each has one at most.
struct TreeParents {
    private var hasParent: [Bool]

    init(nodeCount: Int) { hasParent = [Bool](repeating: false, count: nodeCount) }

    /// *Throws*: `malformed` when the child does not stand behind its parent, or has one already.
    mutating func add(_ parent: Int, of child: Int) throws(ModelImportError) {
        guard (parent + 1..<hasParent.count).contains(child) else {
            throw ModelImportError(
                .malformed,
                "node \(parent) of the tree has child \(child), expected one of \(parent + 1)..<\(hasParent.count)"
            )
        }
        guard !hasParent[child] else {
            throw ModelImportError(
                .malformed,
                "node \(parent) of the tree has child \(child), expected another node of the tree that has no parent yet"
            )
        }
        hasParent[child] = true
    }
}

import Diagnostics
package import OCIArchive
import OCIImage

/// A layer that is smaller than this in bytes is not worth one of its own.
private let leastLayerByteCount = 1 << 20

extension MergedFilesystem {
    /// The name of the layer that everything without a layer of its own is in.
    package static let sharedLayerName = "rest"

    /// The files in at most `budget` layers, of which two versions of an environment share those that did not change.
    ///
    /// The origins with the most bytes have layers of their own, sorted by name; packages of one source package count as
    /// one origin. What is left is in the last layer. Folders stand in every layer that has something below them, with
    /// the permissions they have, and those with nothing below in the layer of who brings them. Hard links stay so
    /// inside of one layer.
    ///
    /// *Throws*: the errors of layers.
    package func layers(budget: Int) throws -> [(name: String, tree: LayerTree)] {
        let groups = ownLayers(count: max(budget, 1) - 1)
        var parting = LayerParting(tree: tree, names: groups + [Self.sharedLayerName])
        var entries: [(number: Int, path: String)] = []
        tree.forEach { number, node in
            if case .folder = node.content, !node.children.isEmpty { return }
            entries.append((number, tree.path(of: number)))
        }
        // In the order of the tar, in which the file that hard links lead to has to come before them.
        for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            let index = group(tree.nodes[entry.number]).flatMap { groups.firstIndex(of: $0) } ?? groups.count
            try parting.add(entry.number, to: index)
        }
        return parting.layers
    }

    private func group(_ node: RootTree.Node) -> String? {
        node.origin.map { groups[$0] ?? $0 }
    }

    /// The origins that have layers of their own, sorted.
    private func ownLayers(count: Int) -> [String] {
        var byteCounts: [String: Int] = [:]
        tree.forEach { _, node in
            if case .file(_, let byteCount, _) = node.content, let group = group(node) {
                byteCounts[group, default: 0] += byteCount
            }
        }
        return byteCounts.filter { $0.value >= leastLayerByteCount }.sorted {
            $0.value == $1.value ? $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) : $0.value > $1.value
        }.prefix(count).map(\.key).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// Layers being filled from a tree.
private struct LayerParting {
    let tree: RootTree
    private var parts: [(name: String, tree: LayerTree, folders: Set<Int>, links: [Int: String])]

    init(tree: RootTree, names: [String]) {
        self.tree = tree
        parts = names.map { ($0, LayerTree(), [], [:]) }
    }

    /// The layers that have something in them.
    var layers: [(name: String, tree: LayerTree)] {
        parts.filter { !$0.tree.isEmpty }.map { ($0.name, $0.tree) }
    }

    mutating func add(_ number: Int, to index: Int) throws {
        try addFolders(above: number, to: index)
        let path = tree.path(of: number)
        switch tree.nodes[number].content {
        case .folder: try add(number, path, .folder, to: index)
        case .symbolicLink(let target): try add(number, path, .symbolicLink(target: target), to: index)
        case .file(let blob, let byteCount, let link):
            if let link, let target = parts[index].links[link] {
                return try add(number, path, .hardLink(target: target), to: index)
            }
            if let link { parts[index].links[link] = path }
            try add(number, path, .file(blob, byteCount: byteCount), to: index)
        }
    }

    private mutating func addFolders(above number: Int, to index: Int) throws {
        var missing: [Int] = []
        var parent = tree.nodes[number].parent
        while parent != 0, !parts[index].folders.contains(parent) {
            missing.append(parent)
            parent = tree.nodes[parent].parent
        }
        for folder in missing.reversed() {
            parts[index].folders.insert(folder)
            try add(folder, tree.path(of: folder), .folder, to: index)
        }
    }

    private mutating func add(_ number: Int, _ path: String, _ content: LayerTree.Content, to index: Int) throws {
        let attributes = tree.nodes[number].attributes
        try parts[index].tree.add(
            path,
            content,
            mode: attributes.mode,
            userID: attributes.userID,
            groupID: attributes.groupID
        )
    }
}

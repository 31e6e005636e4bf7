import Archives
import Diagnostics
package import OCIImage

/// The files of one layer, and the rules that make its tar the same everywhere: one entry for a path, parents before
/// children, sorted by bytes, times at the epoch, owners as numbers.
///
/// For example:
///
///     var tree = LayerTree()
///     try tree.add("etc/passwd", .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644)
///     let blob = tree.tar        // makes the bytes anew each time it is read
package struct LayerTree: Sendable {
    /// What stands under a path.
    package enum Content: Sendable {
        case folder
        case file(any BlobSource, byteCount: Int)
        case symbolicLink(target: String)
        /// Another name of a file in the same layer, whose path comes before it in the order of bytes.
        case hardLink(target: String)
    }

    struct Node: Sendable {
        var content: Content
        var mode: UInt32
        var userID: Int
        var groupID: Int
    }

    private(set) var nodes: [EntryPath: Node] = [:]

    /// A layer of nothing yet.
    package init() {}

    /// Whether there is nothing in it.
    package var isEmpty: Bool { nodes.isEmpty }

    /// Puts something under a path; folders above it that are not there belong to root with mode 755.
    ///
    /// *Throws*: `duplicatePath` when something else stands there, `path` when the path climbs or is empty, goes through
    /// something that is no folder, or is a hard link to no file that stands before it.
    package mutating func add(
        _ path: String,
        _ content: Content,
        mode: UInt32,
        userID: Int = 0,
        groupID: Int = 0
    ) throws(OCIArchiveError) {
        let place = Place.item("path", path)
        guard let normal = try? archivePath(path), !normal.isEmpty else {
            throw OCIArchiveError(.path, at: place, "the path has another form, expected a relative one without `..`")
        }
        let components = normal.unicodeScalars.split(separator: "/").map(String.init)
        guard components.last?.utf8.starts(with: ".wh.".utf8) != true else {
            throw OCIArchiveError(.path, at: place, "the name starts with `.wh.`, which removes files in a layer")
        }
        for count in 1..<components.count {
            let parent = EntryPath(components[..<count].joined(separator: "/"))
            guard let node = nodes[parent] else {
                nodes[parent] = Node(content: .folder, mode: 0o755, userID: 0, groupID: 0)
                continue
            }
            guard case .folder = node.content else {
                throw OCIArchiveError(.path, at: place, "the path goes through `\(parent)`, which is no folder")
            }
        }
        if case .hardLink(let target) = content {
            guard case .file = nodes[EntryPath(target)]?.content, target.utf8.lexicographicallyPrecedes(normal.utf8)
            else {
                throw OCIArchiveError(
                    .path,
                    at: place,
                    "the hard link leads to `\(target)`, expected a file that stands before it"
                )
            }
        }
        if let standing = nodes[EntryPath(normal)] {
            guard case (.folder, .folder) = (standing.content, content) else {
                throw OCIArchiveError(.duplicatePath, at: place, "the path stands twice in one layer")
            }
        }
        nodes[EntryPath(normal)] = Node(content: content, mode: mode, userID: userID, groupID: groupID)
    }

    /// The layer's tar, which is made anew each time it is read and never held in memory.
    package var tar: any BlobSource { LayerTar(tree: self) }
}

/// The tar of a tree.
private struct LayerTar: BlobSource {
    let tree: LayerTree

    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withoutActuallyEscaping(consume) { consume in
            let tar = try TarWriter(consume)
            // A folder sorts before what it holds, since its path is a prefix.
            for (path, node) in tree.nodes.sorted(by: { $0.key < $1.key }) {
                try write(node, at: path.text, to: tar)
            }
            try tar.finish()
        }
    }

    private func write(_ node: LayerTree.Node, at path: String, to tar: TarWriter) throws {
        let kind: TarEntry.Kind =
            switch node.content {
            case .folder: .folder
            case .file(_, let byteCount): .file(byteCount: byteCount)
            case .symbolicLink(let target): .symbolicLink(target: target)
            case .hardLink(let target): .hardLink(target: target)
            }
        try tar.begin(
            TarEntry(path: path, kind: kind, mode: node.mode, userID: node.userID, groupID: node.groupID)
        )
        guard case .file(let blob, let byteCount) = node.content else { return }
        var rest = byteCount
        try blob.read { bytes in
            rest -= bytes.count
            guard rest >= 0 else { throw changed(path) }
            try tar.write(bytes)
        }
        guard rest == 0 else { throw changed(path) }
    }

    private func changed(_ path: String) -> OCIArchiveError {
        OCIArchiveError(.changed, at: .item("path", path), "the file changed its size while it was read")
    }
}

import Diagnostics
import OCIImage

/// The merge of the parts of an image into one tree: links first, then folders, then files, each sorted, so that the order
/// in which the parts came does not matter.
struct FilesystemMerge {
    private let root: RootFilesystem
    private var tree = RootTree()
    /// The nodes that stand in the place of what packages bring.
    private var overriding: Set<Int> = []

    /// The deepest path that a part may have.
    private static let depthLimit = 256
    /// The longest target of a link that Linux has.
    private static let targetByteLimit = 4095

    init(_ root: RootFilesystem) { self.root = root }

    /// The merged tree.
    ///
    /// *Throws*: `conflict` with both owners, `certificates`, and the errors of reading files.
    mutating func run() throws -> RootTree {
        try mergeUsr()
        for item in sorted({ if case .symbolicLink = $0 { true } else { false } }) { try place(item) }
        for item in sorted({ if case .folder = $0 { true } else { false } }) { try place(item) }
        for item in sorted({ if case .file = $0 { true } else { false } }) { try place(item) }
        try tree.linkSharedObjects()
        if let certificates = root.certificates {
            try tree.bundleCertificates(certificates)
        }
        return tree
    }

    /// The items of a kind: what stands higher first, then by path, then those that override, then by origin.
    private func sorted(_ isWanted: (RootTree.Content) -> Bool) -> [RootFilesystem.Item] {
        root.items.filter { isWanted($0.content) }.sorted { left, right in
            if left.components.count != right.components.count { return left.components.count < right.components.count }
            for (a, b) in zip(left.components, right.components) where a != b { return a.lexicographicallyPrecedes(b) }
            if left.isOverride != right.isOverride { return left.isOverride }
            return left.origin.utf8.lexicographicallyPrecedes(right.origin.utf8)
        }
    }

    /// Makes the links of `/bin`, `/sbin`, `/lib` and of the folders of other word sizes that something is in.
    ///
    /// *Source*: Debian's usrmerge; Filesystem Hierarchy Standard, `/lib<qual>`.
    private mutating func mergeUsr() throws(ImageBuilderError) {
        guard root.mergesUsr else { return }
        var names = ["bin", "lib", "sbin"]
        for name in ["lib32", "lib64", "libx32"] {
            let isUsed = root.items.contains { $0.components.count > 1 && $0.components.first == Array(name.utf8) }
            if isUsed { names.append(name) }
        }
        for name in names {
            _ = try tree.folder(RootTree.components("usr/\(name)"))
            tree.append(
                .symbolicLink(target: "usr/\(name)"),
                RootTree.Attributes(mode: 0o777),
                origin: RootFilesystem.ownOrigin,
                parent: 0,
                name: Array(name.utf8)
            )
        }
    }

    private mutating func place(_ item: RootFilesystem.Item) throws {
        // The root itself is in no layer.
        guard let name = item.components.last else { return }
        guard item.components.count <= Self.depthLimit else {
            throw ImageBuilderError(
                .path,
                at: .item("path", RootTree.text(Array(item.components.prefix(4))) + "/…"),
                "the path is too deep, expected at most \(Self.depthLimit) components, got \(item.components.count)"
            )
        }
        if case .symbolicLink(let target) = item.content, target.utf8.count > Self.targetByteLimit {
            throw ImageBuilderError(
                .path,
                at: .item("path", RootTree.text(item.components)),
                "the target of the link is too long, expected at most \(Self.targetByteLimit) bytes, got "
                    + "\(target.utf8.count)"
            )
        }
        guard !isDropped(item.components, item.content) else { return }
        try locating(.item("origin", item.origin)) { () throws(ImageBuilderError) in
            let folder = try tree.folder(Array(item.components.dropLast()))
            guard !isDropped(tree.components(of: folder) + [name], item.content) else { return }
            guard let standing = tree.nodes[folder].children[name] else {
                guard !leadsToItself(item, folder, name) else { return }
                let number = tree.append(
                    item.content,
                    item.attributes,
                    origin: item.origin,
                    parent: folder,
                    name: name
                )
                if item.isOverride { overriding.insert(number) }
                return
            }
            try merge(item, into: standing)
            if item.isOverride { overriding.insert(standing) }
        }
    }

    /// Whether a link is one that merging `/usr` made to lead to itself, as `/bin/x` to `/usr/bin/x`.
    private func leadsToItself(_ item: RootFilesystem.Item, _ folder: Int, _ name: RootTree.Name) -> Bool {
        guard case .symbolicLink(let target) = item.content else { return false }
        let components = RootTree.components(target)
        guard components.last == name else { return false }
        let start = target.utf8.first == UInt8(ascii: "/") ? [] : tree.components(of: folder)
        return tree.find(start + components.dropLast()) == folder
    }

    private func isDropped(_ path: [RootTree.Name], _ content: RootTree.Content) -> Bool {
        guard !root.dropped.isEmpty else { return false }
        let isLicence = Self.isLicence(path, content)
        return root.dropped.contains { $0.matches(path) && (!isLicence || $0.names("copyright")) }
    }

    /// Whether a path is where Debian puts the licence of a package: the file, or the folder or link that leads there.
    private static func isLicence(_ path: [RootTree.Name], _ content: RootTree.Content) -> Bool {
        guard path.starts(with: RootTree.components("usr/share/doc")) else { return false }
        if path.count == 4, case .file = content { return false }
        return path.count == 4 || path.count == 5 && path[4] == Array("copyright".utf8)
    }

    private mutating func merge(_ item: RootFilesystem.Item, into number: Int) throws(ImageBuilderError) {
        let standing = tree.nodes[number]
        switch (standing.content, item.content) {
        case (.folder, .folder): try mergeFolders(item, into: number)
        case (.symbolicLink, .folder):
            // A package may bring a folder where another made it a link; what is below goes there.
            let folder = try tree.folder(tree.components(of: number))
            try mergeFolders(item, into: folder)
        case (.symbolicLink(let target), .symbolicLink(let other)) where target == other: break
        case (.file(let blob, let byteCount, _), .file(let other, let otherCount, _))
        where byteCount == otherCount && standing.attributes == item.attributes && isSame(blob, other): break
        case (.folder, _): throw conflict(item, number)
        default:
            guard let owner = standing.origin else { throw conflict(item, number) }
            if isReplaced(owner, by: item) {
                tree.replace(number, item.content, item.attributes, origin: item.origin)
            } else if !isReplaced(item.origin, by: owner), !overriding.contains(number) {
                throw conflict(item, number)
            }
        }
    }

    /// Gives a folder the attributes of the one origin that wants others than usual.
    private mutating func mergeFolders(_ item: RootFilesystem.Item, into number: Int) throws(ImageBuilderError) {
        let standing = tree.nodes[number]
        let isPlain = standing.origin == nil || standing.attributes == .folder
        if standing.origin == nil || isPlain && item.attributes != .folder || item.isOverride {
            tree.replace(number, .folder, item.attributes, origin: standing.origin ?? item.origin)
        } else if item.attributes != .folder, item.attributes != standing.attributes {
            throw conflict(item, number)
        }
    }

    private func isReplaced(_ owner: String, by item: RootFilesystem.Item) -> Bool {
        item.isOverride || isReplaced(owner, by: item.origin)
    }

    private func isReplaced(_ owner: String, by origin: String) -> Bool {
        guard owner != origin, let replaced = root.packages[owner], let replacing = root.packages[origin] else {
            return false
        }
        return replacing.replaces(owner, replaced)
    }

    private func isSame(_ left: any BlobSource, _ right: any BlobSource) -> Bool {
        guard let digest = try? left.digest(), let other = try? right.digest() else { return false }
        return digest == other
    }

    private func conflict(_ item: RootFilesystem.Item, _ number: Int) -> ImageBuilderError {
        let node = tree.nodes[number]
        return ImageBuilderError(
            .conflict,
            at: .item("path", tree.path(of: number)),
            "two origins bring different things, `\(node.origin ?? "the image")` \(words(node.content, node.attributes)) "
                + "and `\(item.origin)` \(words(item.content, item.attributes))"
        )
    }

    private func words(_ content: RootTree.Content, _ attributes: RootTree.Attributes) -> String {
        let kind =
            switch content {
            case .folder: "a folder"
            case .file(_, let byteCount, _): "a file of \(byteCount) bytes"
            case .symbolicLink(let target): "a link to `\(target)`"
            }
        return "\(kind) with mode \(String(attributes.mode, radix: 8)) of \(attributes.userID):\(attributes.groupID)"
    }
}

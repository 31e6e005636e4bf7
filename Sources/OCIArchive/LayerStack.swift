import Archives
import Diagnostics
import OCIImage

/// Layers on their way to the files that a container sees, put on top of one another.
struct LayerStack {
    private typealias File = ImageFiles.File
    private typealias Steps = [PathTree<ImageFiles.File>.Step]

    private var tree = PathTree<ImageFiles.File> { file in
        if case .symbolicLink(let target) = file.kind { target } else { nil }
    }

    /// The files, links and folders by their paths.
    var files: [EntryPath: ImageFiles.File] { tree.values }

    /// The bytes of all targets of links.
    private var targetByteCount = 0

    /// Puts a layer on top.
    ///
    /// *Throws*: as `ImageFiles.init`.
    mutating func add(_ layer: Descriptor, _ blob: any BlobSource, _ number: Int) throws {
        var entries: [(entry: TarEntry, position: Int)] = []
        var whiteouts: [Whiteout] = []
        var count = 0
        try readLayer(layer, blob) { entry, _ in
            defer { count += 1 }
            guard entries.count + tree.count < entryCountLimit else {
                throw OCIArchiveError(.malformed, "there are more than \(entryCountLimit) files")
            }
            if let whiteout = Whiteout(path: entry.path) {
                whiteouts.append(whiteout)
            } else if !entry.path.isEmpty {
                entries.append((entry, count))
            }
        }
        for whiteout in whiteouts { try apply(whiteout) }
        for (entry, position) in entries {
            try add(entry, ImageFiles.Content(layer: number, entry: position))
            guard tree.count < entryCountLimit else {
                throw OCIArchiveError(.malformed, "there are more than \(entryCountLimit) files and folders")
            }
        }
    }

    /// Removes what the layers below have and this one hides.
    private mutating func apply(_ whiteout: Whiteout) throws {
        switch whiteout {
        case .removed(let path):
            guard let (steps, name) = try place(of: path) else { return }
            tree.remove(name, below: steps)
        case .emptied(let path): tree.empty(try resolve(path))
        case .unknown: break
        }
    }

    private mutating func add(_ entry: TarEntry, _ content: ImageFiles.Content) throws {
        guard let (steps, name) = try place(of: entry.path) else { return }
        var file = File(
            kind: .other,
            mode: entry.mode,
            userID: entry.userID,
            groupID: entry.groupID,
            layer: content.layer
        )
        switch entry.kind {
        case .folder: file.kind = .folder
        case .file(let byteCount): file.kind = .file(content, byteCount: byteCount)
        case .symbolicLink(let target): file.kind = .symbolicLink(target: target)
        case .other: break
        case .hardLink(let target):
            guard let (steps, name) = try place(of: target), let linked = tree.value(name, below: steps),
                linked.kind != .folder
            else {
                throw OCIArchiveError(
                    .malformed,
                    at: .item("entry", entry.path),
                    "the hard link leads to `\(target)`, which is not there"
                )
            }
            file = linked
        }
        tree.set(
            file,
            name,
            inFolders: steps.map(\.name),
            keepsBranch: file.kind == .folder,
            newFolder: File(kind: .folder, mode: 0o755, userID: 0, groupID: 0, layer: content.layer)
        )
        if case .symbolicLink(let target) = file.kind { targetByteCount += target.utf8.count }
        guard tree.pathByteCount + targetByteCount <= layerTextByteLimit else {
            throw OCIArchiveError(
                .malformed,
                "the names in the layers are too many, expected at most \(layerTextByteLimit) bytes"
            )
        }
    }

    /// The folders that a path leads to and the name in them: links stay within the image, as a container sees them.
    private func place(of path: String) throws -> (steps: Steps, name: EntryPath)? {
        let components = path.unicodeScalars.split(separator: "/")
        guard let name = components.last else { return nil }
        let folder = components.dropLast().map { String($0) }.joined(separator: "/")
        return (try resolve(folder), EntryPath(String(name)))
    }

    private func resolve(_ path: String) throws -> Steps {
        let found = tree.resolve(path)
        guard !found.isEndless else {
            throw OCIArchiveError(
                .path,
                at: .item("path", path),
                "the path leads through more than 40 links, or through one of more than 4095 bytes"
            )
        }
        guard found.steps.count < archivePathDepthLimit else {
            throw OCIArchiveError(
                .path,
                at: .item("path", path),
                "the path leads too deep, expected at most \(archivePathDepthLimit) components"
            )
        }
        return found.steps
    }
}

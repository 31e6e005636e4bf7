import Archives
import ContentStore
import Diagnostics
package import OCIImage

/// The files of an image as a container sees them: all layers on top of one another.
package struct ImageFiles: Sendable {
    /// Where the bytes of a file stand: in which layer, bottom first, and in which entry of its tar.
    ///
    /// A path says too little: of those that stand twice in one layer, the last counts.
    package struct Content: Sendable, Hashable {
        package var layer: Int
        package var entry: Int
    }

    /// What stands under a path.
    package enum Kind: Sendable, Hashable {
        case folder
        case file(Content, byteCount: Int)
        case symbolicLink(target: String)
        /// A device, a socket or whatever else.
        case other
    }

    /// A file with its rights.
    package struct File: Sendable, Hashable {
        package var kind: Kind
        package var mode: UInt32
        package var userID: Int
        package var groupID: Int
        /// The layer that the file is of.
        package var layer: Int
    }

    /// The files by their path, without a slash at either end.
    package private(set) var files: [EntryPath: File] = [:]

    private static let countLimit = 4_000_000

    /// Reads the layers of an image.
    ///
    /// *Throws*: `malformed` for a damaged layer, and for a hard link to nothing; `path` for names that lead out.
    package init(_ image: Image) throws {
        for (number, layer) in image.manifest.layers.enumerated() {
            guard let blob = image.blob(layer.digest) else { continue }
            try locatingAny(.item("layer", layer.digest.description)) { try add(blob, number) }
        }
    }

    private mutating func add(_ blob: any BlobSource, _ number: Int) throws {
        var entries: [(entry: TarEntry, position: Int)] = []
        var whiteouts: [Whiteout] = []
        var count = 0
        try readLayer(blob) { entry, _ in
            defer { count += 1 }
            guard entries.count + files.count < Self.countLimit else {
                throw OCIArchiveError(.malformed, "there are more than \(Self.countLimit) files")
            }
            if let whiteout = Whiteout(path: entry.path) {
                whiteouts.append(whiteout)
            } else if !entry.path.isEmpty {
                entries.append((entry, count))
            }
        }
        try apply(whiteouts)
        for (entry, position) in entries { try add(entry, Content(layer: number, entry: position)) }
    }

    /// Removes what the layers below have and this one hides.
    private mutating func apply(_ whiteouts: [Whiteout]) throws {
        for whiteout in whiteouts {
            switch whiteout {
            case .removed(let path):
                let path = try resolvingFolder(of: path)
                remove(below: path)
                files[EntryPath(path)] = nil
            case .emptied(let path): remove(below: try resolving(path, 0))
            case .unknown: break
            }
        }
    }

    private mutating func remove(below folder: String) {
        guard !folder.isEmpty else { return files = [:] }
        guard case .folder? = files[EntryPath(folder)]?.kind else { return }
        let prefix = folder + "/"
        files = files.filter { !$0.key.text.utf8.starts(with: prefix.utf8) }
    }

    private mutating func add(_ entry: TarEntry, _ content: Content) throws {
        let path = try resolvingFolder(of: entry.path)
        guard !path.isEmpty else { return }
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
            guard let linked = files[EntryPath(try resolvingFolder(of: target))], linked.kind != .folder else {
                throw OCIArchiveError(
                    .malformed,
                    at: .item("entry", entry.path),
                    "the hard link leads to `\(target)`, which is not there"
                )
            }
            file = linked
        }
        if file.kind != .folder { remove(below: path) }
        addFolders(above: path, content.layer)
        files[EntryPath(path)] = file
    }

    /// Makes the folders that an entry stands in and that have no entry of their own.
    private mutating func addFolders(above path: String, _ number: Int) {
        var end = path.utf8.endIndex
        while let slash = path.utf8[..<end].lastIndex(of: UInt8(ascii: "/")) {
            let folder = EntryPath(String(path[..<slash]))
            guard files[folder] == nil else { return }
            files[folder] = File(kind: .folder, mode: 0o755, userID: 0, groupID: 0, layer: number)
            end = slash
        }
    }

    /// A path whose folders lead through no link: links stay within the image, as a container sees them.
    private func resolvingFolder(of path: String) throws -> String {
        let components = path.unicodeScalars.split(separator: "/").map(String.init)
        guard let name = components.last else { return "" }
        let folder = try resolving(components.dropLast().joined(separator: "/"), 0)
        return folder.isEmpty ? name : "\(folder)/\(name)"
    }

    private func resolving(_ path: String, _ linkCount: Int) throws -> String {
        guard linkCount < 40 else {
            throw OCIArchiveError(.path, at: .item("path", path), "the path leads through more than 40 links")
        }
        var reached: [String] = []
        let components = path.unicodeScalars.split(separator: "/").map(String.init)
        for (index, component) in components.enumerated() {
            switch component {
            case ".": continue
            case "..":
                if !reached.isEmpty { reached.removeLast() }
                continue
            default: break
            }
            let next = (reached + [component]).joined(separator: "/")
            guard case .symbolicLink(let target)? = files[EntryPath(next)]?.kind else {
                reached.append(component)
                continue
            }
            let start = target.utf8.first == UInt8(ascii: "/") ? [] : reached
            let rest = components[(index + 1)...]
            return try resolving((start + [target] + rest).joined(separator: "/"), linkCount + 1)
        }
        return reached.joined(separator: "/")
    }
}

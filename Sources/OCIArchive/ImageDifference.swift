import Archives
import ContentStore
import Diagnostics
import JSON
package import OCIImage

/// How two images differ: in layers, in the config, in the files that a container sees.
package struct ImageDifference: Sendable {
    /// A difference of one thing.
    package struct Change: Sendable, Hashable {
        /// The name: a digest, a field, a path.
        package let name: String
        /// What the first image has; `nil` when it has nothing.
        package let left: String?
        /// What the second image has; `nil` when it has nothing.
        package let right: String?
    }

    package private(set) var layers: [Change] = []
    package private(set) var config: [Change] = []
    package private(set) var files: [Change] = []

    /// Whether nothing differs; the digests may, as those of the same layers in another compression do.
    package var isEmpty: Bool { layers.isEmpty && config.isEmpty && files.isEmpty }

    /// Compares two images.
    ///
    /// *Throws*: what reading their layers throws.
    package init(_ left: Image, _ right: Image) throws {
        compareLayers(left, right)
        compareConfigs(left, right)
        guard left.config.diffIDs != right.config.diffIDs else { return }
        try compareFiles(left, right)
    }

    private mutating func compareLayers(_ left: Image, _ right: Image) {
        func words(_ image: Image, _ digest: Digest) -> String? {
            image.manifest.layers.first { $0.digest == digest }.map { "\($0.byteCount) bytes" }
        }
        var seen: Set<Digest> = []
        for layer in left.manifest.layers + right.manifest.layers where seen.insert(layer.digest).inserted {
            let (before, after) = (words(left, layer.digest), words(right, layer.digest))
            if before != after { layers.append(Change(name: layer.digest.description, left: before, right: after)) }
        }
    }

    /// Compares the configs as they are stored, but for `rootfs` and `history`, which are of the layers.
    private mutating func compareConfigs(_ left: Image, _ right: Image) {
        let ownNames: Set = ["architecture", "os", "variant", "config", "rootfs", "history"]
        func fields(_ image: Image) -> [String: String] {
            var fields: [String: String] = ["platform": image.config.platform.description]
            let others = image.configJSON.object?.members.filter { !ownNames.contains($0.key) } ?? []
            for member in others + (image.configJSON["config"]?.object?.members ?? []) where !member.value.isNull {
                fields[member.key] = String(decoding: member.value.serialized(.canonical), as: UTF8.self)
            }
            return fields
        }
        let (before, after) = (fields(left), fields(right))
        for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
            config.append(Change(name: name, left: before[name], right: after[name]))
        }
    }

    private mutating func compareFiles(_ left: Image, _ right: Image) throws {
        let (before, after) = (try ImageFiles(left).files, try ImageFiles(right).files)
        var suspects: [EntryPath] = []
        for path in Set(before.keys).union(after.keys) {
            guard let old = before[path], let new = after[path], old.hasSameHead(as: new) else {
                files.append(Change(name: path.text, left: before[path]?.words, right: after[path]?.words))
                continue
            }
            guard case (.file(let here, _), .file(let there, _)) = (old.kind, new.kind),
                here.entry != there.entry
                    || left.manifest.layers[here.layer].digest != right.manifest.layers[there.layer].digest
            else { continue }
            suspects.append(path)
        }
        let (old, new) = (try digests(left, before, suspects), try digests(right, after, suspects))
        for path in suspects where old[path] != new[path] {
            files.append(
                Change(
                    name: path.text,
                    left: old[path].map { "\(before[path]?.words ?? "") \($0)" },
                    right: new[path].map { "\(after[path]?.words ?? "") \($0)" }
                )
            )
        }
        files.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The digests of some files, for which each layer is read at most once.
    private func digests(
        _ image: Image,
        _ files: [EntryPath: ImageFiles.File],
        _ paths: [EntryPath]
    ) throws -> [EntryPath: Digest] {
        var wanted: [ImageFiles.Content: [EntryPath]] = [:]
        for path in paths {
            guard case .file(let content, _)? = files[path]?.kind else { continue }
            wanted[content, default: []].append(path)
        }
        var digests: [EntryPath: Digest] = [:]
        try readContents(wanted, of: image) { names, tar in
            var running = RunningDigest()
            try tar.read { running.update($0) }
            for name in names { digests[name] = running.digest }
        }
        return digests
    }
}

extension ImageFiles.File {
    /// Whether all but the bytes are the same.
    fileprivate func hasSameHead(as other: Self) -> Bool { words == other.words }

    /// The kind, the rights and the owner in words: `file 644 0:0 1234 bytes`.
    package var words: String {
        let rights = String(mode & 0o7777, radix: 8) + " \(userID):\(groupID)"
        return switch kind {
        case .folder: "folder \(rights)"
        case .file(_, let byteCount): "file \(rights) \(byteCount) bytes"
        case .symbolicLink(let target): "link to `\(target)`"
        case .other: "device \(rights)"
        }
    }
}

import ContentStore
import Diagnostics
import Files
import Glibc
import JSON
import OCIImage

/// An OCI layout in a folder that is written into, by one process at a time.
struct LayoutFolder {
    private let path: String
    private let lock: FolderLock

    /// Opens a layout, which is made when it is not there.
    ///
    /// *Throws*: `refused`, and `malformed` when another version of a layout stands there.
    init(_ path: String) throws {
        self.path = path
        try makeFolders("\(path)/blobs/sha256")
        lock = try FolderLock(path)
        let marker = "\(path)/oci-layout"
        guard access(marker, F_OK) == 0 else {
            try writeFile(marker, layoutMarker)
            return
        }
        let version = try JSONValue.parse(readFile(marker, limit: 1 << 16))["imageLayoutVersion"]?.string
        guard version == "1.0.0" else {
            throw OCIArchiveError(
                .unsupported,
                at: .file(marker),
                "the layout has another version, expected `1.0.0`, got `\(version ?? "")`"
            )
        }
    }

    /// Adds a blob, unless it stands there whole.
    ///
    /// A blob of another layout or of the cache on the same file system is linked to: both names are of one file, which
    /// nobody writes into.
    func add(_ part: (descriptor: Descriptor, blob: any BlobSource)) throws {
        let target = "\(path)/\(layoutPath(part.descriptor.digest))"
        if access(target, F_OK) == 0, try digestOfFile(target).digest == part.descriptor.digest { return }
        if let source = part.blob.fileRange, source.offset == 0, source.byteCount == fileByteCount(source.path),
            source.path.hasSuffix("/" + layoutPath(part.descriptor.digest))
        {
            try copy(part) { _ in }
            unlink(target)
            if link(source.path, target) == 0 { return }
        }
        let file = try AtomicFile(path: target)
        try copy(part) { try file.write($0) }
        try file.commit()
    }

    /// Puts entries into `index.json`, whose other entries and fields stay as they are.
    ///
    /// *Throws*: `malformed` when what stands there is no index.
    func add(_ entries: [ImageIndex.Entry]) throws {
        let file = "\(path)/index.json"
        var index: JSONObject = ["schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue)]
        var manifests: [JSONValue] = []
        if access(file, F_OK) == 0 {
            let bytes = try readFile(file, limit: manifestByteLimit)
            try locatingAny(.file(file)) {
                _ = try ImageIndex(bytes: bytes)
                index = try JSONValue.parse(bytes).object ?? [:]
            }
            manifests = index["manifests"]?.array ?? []
        }
        for entry in entries { manifests = Self.manifests(manifests, with: entry) }
        index["manifests"] = .array(manifests)
        try writeFile(file, JSONValue.object(index).serialized(.canonical))
    }

    /// A list of manifests in which an entry's names stand for it alone.
    private static func manifests(_ manifests: [JSONValue], with entry: ImageIndex.Entry) -> [JSONValue] {
        let name = entry.descriptor.annotations[ImageIndex.containerdNameKey]
        let tag = entry.descriptor.annotations[ImageIndex.referenceNameKey]
        let others = manifests.compactMap { manifest -> JSONValue? in
            let oldName = manifest["annotations"]?[ImageIndex.containerdNameKey]?.string
            let oldTag = manifest["annotations"]?[ImageIndex.referenceNameKey]?.string
            if oldName == nil, oldTag == nil {
                return manifest["digest"]?.string == entry.descriptor.digest.description ? nil : manifest
            }
            if let name, oldName == name { return nil }
            guard let tag, oldTag == tag else { return manifest }
            // An image of another repository loses the short name only, and is found by its full one.
            guard oldName != nil, var object = manifest.object, var annotations = object["annotations"]?.object
            else { return nil }
            annotations[ImageIndex.referenceNameKey] = nil
            object["annotations"] = .object(annotations)
            return .object(object)
        }
        return others + [entry.json]
    }
}

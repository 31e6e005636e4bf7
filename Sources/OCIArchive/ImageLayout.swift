import Archives
package import ContentStore
import Diagnostics
import Files
import Glibc
package import OCIImage

/// An OCI layout in a folder or an archive, or a Docker archive; the bytes of its blobs stay where they are until they are
/// asked for.
///
/// *Source*: OCI image specification 1.1, image-layout.md.
package struct ImageLayout: Sendable {
    package let path: String
    /// What the layout names.
    package let index: ImageIndex
    /// Where the files of an archive start, and their sizes; `nil` for a folder.
    private let members: [EntryPath: Member]?
    /// The blobs that stand elsewhere than a layout has them: those of a Docker archive.
    private let namedBlobs: [Digest: any BlobSource]

    struct Member: Sendable {
        /// `nil` in a compressed archive.
        var offset: Int?
        var byteCount: Int
    }

    /// Opens a layout.
    ///
    /// *Throws*: `malformed` when it is none, and what reading throws.
    package init(_ path: String) throws {
        self.path = path
        members = isFolder(path) ? nil : try Self.members(of: path)
        let members = members
        if let blob = Self.blob("index.json", path, members) {
            index = try locatingAny(.file(path)) {
                try locatingAny(.item("entry", "index.json")) {
                    try ImageIndex(bytes: blob.bytes(limit: manifestByteLimit))
                }
            }
            namedBlobs = [:]
        } else if let list = Self.blob("manifest.json", path, members) {
            let docker = try locatingAny(.file(path)) {
                try DockerArchive(list: list.bytes(limit: manifestByteLimit)) { Self.blob($0, path, members) }
            }
            (index, namedBlobs) = (docker.index, docker.blobs)
        } else {
            throw OCIArchiveError(.malformed, at: .file(path), "there is no `index.json` in it, expected an OCI layout")
        }
    }

    private static func members(of path: String) throws -> [EntryPath: Member] {
        guard fileByteCount(path) != nil || access(path, F_OK) == 0 else {
            throw FileError(errno: ENOENT, "opening", path: path)
        }
        var members: [EntryPath: Member] = [:]
        try locatingAny(.file(path)) {
            let tar = try TarReader(path: path)
            while let entry = try tar.next() {
                guard case .file(let byteCount) = entry.kind else { continue }
                guard members[EntryPath(entry.path)] == nil else {
                    throw OCIArchiveError(.malformed, at: .item("entry", entry.path), "the entry stands twice")
                }
                members[EntryPath(entry.path)] = Member(offset: tar.dataOffset, byteCount: byteCount)
            }
        }
        return members
    }

    private static func blob(_ name: String, _ path: String, _ members: [EntryPath: Member]?) -> (any BlobSource)? {
        guard let members else {
            let file = "\(path)/\(name)"
            return fileByteCount(file) == nil ? nil : FileBlob(path: file)
        }
        guard let member = members[EntryPath(name)] else { return nil }
        guard let offset = member.offset else { return ArchiveBlob(archive: path, name: name) }
        return FileRangeBlob(FileRange(path: path, offset: offset, byteCount: member.byteCount))
    }

    /// A blob of the layout; `nil` when it is not there.
    package func blob(_ digest: Digest) -> (any BlobSource)? {
        namedBlobs[digest] ?? Self.blob(layoutPath(digest), path, members)
    }

    /// What the layout holds under a name, which is a tag, a full name or a short one such as `iris:1`; without one, the
    /// only thing in it.
    ///
    /// Artifacts, such as signatures, do not count beside images.
    ///
    /// *Throws*: `malformed` when nothing is there, `unsupported` when there are several and no name decides.
    package func root(named name: String? = nil) throws -> Descriptor {
        try locatingAny(.file(path)) {
            let named = name.map(entries(named:)) ?? index.entries
            let images = named.filter { $0.artifactType == nil }
            let entries = images.isEmpty ? named : images
            guard let first = entries.first?.descriptor else {
                let words = name.map { "it names no image `\($0)`" } ?? "it names no image"
                throw OCIArchiveError(.malformed, at: .item("entry", "index.json"), words, hint: namesHint)
            }
            guard entries.allSatisfy({ $0.descriptor.digest == first.digest }) else {
                throw OCIArchiveError(
                    .unsupported,
                    at: .item("entry", "index.json"),
                    "it names several images, expected one",
                    hint: namesHint
                )
            }
            return first
        }
    }

    private func entries(named name: String) -> [ImageIndex.Entry] {
        func entries(_ name: String, _ keys: [String]) -> [ImageIndex.Entry] {
            index.entries.filter { entry in keys.contains { entry.descriptor.annotations[$0] == name } }
        }
        let found = entries(name, [ImageIndex.referenceNameKey, ImageIndex.containerdNameKey])
        guard found.isEmpty, let reference = try? ImageReference(parsing: name) else { return found }
        return entries(reference.description, [ImageIndex.containerdNameKey])
    }

    /// The names of the images that there are; `nil` without any.
    private var namesHint: String? {
        let keys = [ImageIndex.containerdNameKey, ImageIndex.referenceNameKey]
        var seen: Set<String> = []
        let names = index.entries.filter { $0.artifactType == nil }
            .compactMap { entry in keys.lazy.compactMap { entry.descriptor.annotations[$0] }.first }
            .filter { seen.insert($0).inserted }
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
        return "`--image` takes one of \(shown)" + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }

    /// The bytes of a manifest or an index, held against their digest.
    ///
    /// *Throws*: `malformed` for other bytes, and none.
    package func manifest(_ descriptor: Descriptor) throws -> [UInt8] {
        try locatingAny(.file(path)) {
            let place = Place.item("blob", descriptor.digest.description)
            guard let blob = blob(descriptor.digest) else {
                throw OCIArchiveError(.malformed, at: place, "the blob is not there, which an index names")
            }
            let bytes = try blob.bytes(limit: manifestByteLimit)
            guard Digest(of: bytes) == descriptor.digest else {
                throw OCIArchiveError(
                    .malformed,
                    at: place,
                    "the bytes have another digest, got `\(Digest(of: bytes))`"
                )
            }
            return bytes
        }
    }

    /// The artifact of a manifest, whatever it is.
    ///
    /// *Throws*: `malformed`, and what reading throws.
    package func artifact(_ descriptor: Descriptor) throws -> Artifact {
        let bytes = try manifest(descriptor)
        return try locatingAny(.file(path)) { try Artifact(manifestBytes: bytes) { blob($0) } }
    }

    /// The image of a manifest.
    ///
    /// *Throws*: `malformed`, and what reading throws.
    package func image(_ descriptor: Descriptor) throws -> Image {
        let bytes = try manifest(descriptor)
        return try locatingAny(.file(path)) { try Image(manifestBytes: bytes) { blob($0) } }
    }
}

extension ImageLayout {
    /// What a descriptor stands for: an image, or an index over those of several platforms.
    ///
    /// *Throws*: as `image`, and `unsupported` for an index within an index.
    package func images(_ root: Descriptor) throws -> PlatformImages {
        guard root.mediaType.isIndex else { return PlatformImages(try image(root)) }
        let bytes = try manifest(root)
        let index = try locatingAny(.file(path)) { try ImageIndex(bytes: bytes) }
        return PlatformImages(
            index: index,
            images: try index.entries.map { entry in
                guard entry.descriptor.mediaType.isManifest else {
                    throw OCIArchiveError(
                        .unsupported,
                        at: .file(path),
                        "the index `\(root.digest)` holds more than manifests, "
                            + "got `\(entry.descriptor.mediaType.rawValue)`"
                    )
                }
                return try image(entry.descriptor)
            }
        )
    }
}

/// A file in a compressed archive, which is looked up anew each time it is read.
private struct ArchiveBlob: BlobSource {
    let archive: String
    let name: String

    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        let tar = try TarReader(path: archive)
        while let entry = try tar.next() {
            guard entry.path == name else { continue }
            return try withoutActuallyEscaping(consume) { try tar.read($0) }
        }
        throw OCIArchiveError(.changed, at: .item("entry", name), "the entry went while the archive was read")
    }
}

/// Runs `body`, and places whatever diagnostic it throws inside `outer`.
func locatingAny<Result>(_ outer: Place, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as any Diagnostic {
        throw error.within(outer)
    }
}

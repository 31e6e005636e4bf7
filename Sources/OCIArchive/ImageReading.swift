import Archives
import ContentStore
import Diagnostics
import Files
import Glibc
import JSON
package import OCIImage

/// Reads an image back from what a sink wrote: an OCI layout, in a folder or in an archive.
///
/// The bytes of its layers stay where they are until they are asked for.
///
/// *Throws*: `malformed` when it is no layout of one image, `unsupported` for an index of several platforms.
package func readImage(_ path: String) throws -> Image {
    do {
        let source = try LayoutSource(path)
        let index = try JSONValue.parse(source.bytes("index.json", limit: 4 << 20))
        let manifests = index["manifests"]?.array ?? []
        guard let first = manifests.first else {
            throw OCIArchiveError(.malformed, at: .item("entry", "index.json"), "it names no image")
        }
        let descriptor = try Descriptor(first)
        guard try manifests.allSatisfy({ try Descriptor($0).digest == descriptor.digest }),
            descriptor.mediaType == .imageManifest
        else {
            throw OCIArchiveError(
                .unsupported,
                at: .item("entry", "index.json"),
                "it names several images, expected one"
            )
        }
        let manifest = try source.bytes(layoutPath(descriptor.digest), limit: 4 << 20)
        guard Digest(of: manifest) == descriptor.digest else {
            throw OCIArchiveError(
                .malformed,
                at: .item("blob", descriptor.digest.description),
                "the bytes have another digest, got `\(Digest(of: manifest))`"
            )
        }
        return try Image(manifestBytes: manifest) { digest in source.blob(layoutPath(digest)) }
    } catch let error as any Diagnostic {
        throw error.within(.file(path))
    }
}

/// Holds an image against its own words, unpacking its layers to do so.
///
/// *Throws*: as `Image.validate(uncompressed:)`.
package func validate(_ image: Image) throws {
    try image.validate { _, blob in UncompressedBlob(compressed: blob) }
}

/// A folder or an archive that holds an OCI layout.
private struct LayoutSource {
    private let path: String
    /// The sizes of an archive's files; `nil` for a folder.
    private let members: Set<String>?

    init(_ path: String) throws {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError(errno: errno, "opening", path: path) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            members = nil
            return
        }
        var members: Set<String> = []
        let tar = try TarReader(path: path)
        while let entry = try tar.next() {
            guard case .file = entry.kind else { continue }
            guard members.insert(entry.path).inserted else {
                throw OCIArchiveError(.malformed, at: .item("entry", entry.path), "the entry stands twice")
            }
        }
        self.members = members
    }

    func blob(_ name: String) -> (any BlobSource)? {
        guard let members else {
            let file = "\(path)/\(name)"
            return access(file, R_OK) == 0 ? FileBlob(path: file) : nil
        }
        return members.contains(name) ? ArchiveBlob(archive: path, name: name) : nil
    }

    func bytes(_ name: String, limit: Int) throws -> [UInt8] {
        guard let blob = blob(name) else { throw OCIArchiveError(.malformed, "there is no `\(name)` in it") }
        return try blob.bytes(limit: limit)
    }
}

/// A file in an archive, which is looked up anew each time it is read.
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

/// The tar of a layer that is stored compressed.
private struct UncompressedBlob: BlobSource {
    let compressed: any BlobSource

    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        var template = Array("/tmp/mlpack-layer.XXXXXX".utf8CString)
        if let folder = getenv("TMPDIR") {
            template = Array("\(String(cString: folder))/mlpack-layer.XXXXXX".utf8CString)
        }
        let descriptor = mkstemp(&template)
        let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        guard descriptor >= 0 else { throw FileError(errno: errno, "creating", path: path) }
        close(descriptor)
        defer { unlink(path) }
        let file = try AtomicFile(path: path)
        try compressed.read { try file.write($0) }
        try file.commit()
        try withoutActuallyEscaping(consume) { try decompressFile(path, $0) }
    }
}

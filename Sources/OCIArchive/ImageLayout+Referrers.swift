import Archives
package import ContentStore
import Diagnostics
import Files
import Glibc
import JSON
package import OCIImage

extension ImageLayout {
    /// The referrers of the layout that refer to a manifest with their `subject`, held against their digests.
    ///
    /// *Throws*: `malformed`, and what reading throws.
    package func referrers(of subject: Digest) throws -> [Referrer] {
        var seen: Set<Digest> = []
        let entries = index.entries.filter { entry in
            entry.artifactType != nil && entry.descriptor.mediaType.isManifest
                && seen.insert(entry.descriptor.digest).inserted
        }
        return try entries.compactMap { entry in
            let bytes = try manifest(entry.descriptor)
            return try locatingAny(.file(path)) {
                let json = try JSONValue.parse(bytes)
                guard json["subject"]?["digest"]?.string == subject.description else { return nil }
                return try Referrer(manifestBytes: bytes) { part in
                    guard let blob = blob(part.digest) else {
                        throw OCIArchiveError(
                            .malformed,
                            at: .item("blob", part.digest.description),
                            "the blob is not there, which a referrer names"
                        )
                    }
                    return try blob.bytes(limit: part.byteCount)
                }
            }
        }
    }
}

/// Puts referrers into a layout, beside what it holds; those that it has already are not put there again.
///
/// A folder gets the blobs and then a new `index.json`. An archive is written anew beside itself, with its entries in their
/// order. Either is held meanwhile, so that of several processes each adds to what the others put there.
///
/// *Returns*: how many referrers were new.
/// *Throws*: `unsupported` for a compressed archive, and what reading and writing throws.
@discardableResult
package func add(_ referrers: [Referrer], toLayout path: String) throws -> Int {
    guard isFolder(path) else { return try add(referrers, toArchive: path) }
    // What is no layout does not become one.
    _ = try ImageLayout(path)
    let folder = try LayoutFolder(path)
    let new = try ImageLayout(path).unknown(referrers)
    guard !new.isEmpty else { return 0 }
    for part in new.flatMap(\.parts) { try folder.add(part) }
    try folder.add(new.map(\.entry))
    return new.count
}

private func add(_ referrers: [Referrer], toArchive path: String) throws -> Int {
    let lock = try FolderLock(folderOfFile(path))
    defer { withExtendedLifetime(lock) {} }
    let layout = try ImageLayout(path)
    let new = layout.unknown(referrers)
    guard !new.isEmpty else { return 0 }
    var seen: Set<Digest> = []
    let missing = new.flatMap(\.parts)
        .filter { layout.blob($0.descriptor.digest) == nil && seen.insert($0.descriptor.digest).inserted }
        .sorted { $0.descriptor.digest.hex < $1.descriptor.digest.hex }
    try locatingAny(.file(path)) { try rewrite(path, index: layout.indexBytes(adding: new), adding: missing) }
    return new.count
}

/// The folder that a file stands in, behind links, where its replacement is written.
private func folderOfFile(_ path: String) throws -> String {
    guard let resolved = realpath(path, nil) else { throw FileError(errno: errno, "opening", path: path) }
    defer { free(resolved) }
    let bytes = Array(String(cString: resolved).utf8)
    let end = max(bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0, 1)
    return String(decoding: bytes[..<end], as: UTF8.self)
}

extension Referrer {
    /// The manifest and what it names.
    fileprivate var parts: [(descriptor: Descriptor, blob: any BlobSource)] {
        [(descriptor: entry.descriptor, blob: MemoryBlob(manifestBytes))] + blobs
    }
}

extension ImageLayout {
    /// Those of some referrers that the layout does not name, each once.
    fileprivate func unknown(_ referrers: [Referrer]) -> [Referrer] {
        var known = Set(index.entries.map(\.descriptor.digest))
        return referrers.filter { known.insert($0.digest).inserted }
    }

    /// The `index.json` with entries for referrers behind those that it has, of which nothing is lost.
    fileprivate func indexBytes(adding referrers: [Referrer]) throws -> [UInt8] {
        var json = try JSONValue.parse(index.bytes).object ?? [:]
        json["manifests"] = .array((json["manifests"]?.array ?? []) + referrers.map(\.entry.json))
        return JSONValue.object(json).serialized(.canonical)
    }
}

private func rewrite(
    _ path: String,
    index: [UInt8],
    adding blobs: [(descriptor: Descriptor, blob: any BlobSource)]
) throws {
    let file = try AtomicFile(path: path)
    let source = try TarReader(path: path)
    let target = try TarWriter { try file.write($0) }
    while var entry = try source.next() {
        guard source.dataOffset != nil else {
            throw OCIArchiveError(.unsupported, "a compressed archive is not changed here, expected a plain tar")
        }
        if entry.path == "index.json" {
            entry.kind = .file(byteCount: index.count)
            try target.add(entry, index)
        } else {
            try target.begin(entry)
            try source.read { try target.write($0) }
        }
    }
    for part in blobs {
        let kind = TarEntry.Kind.file(byteCount: part.descriptor.byteCount)
        try target.begin(TarEntry(path: layoutPath(part.descriptor.digest), kind: kind, mode: 0o644))
        try copy(part) { try target.write($0) }
    }
    try target.finish()
    try file.commit()
}

import Archives
package import ContentStore
import Diagnostics
import Files
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
/// order.
///
/// *Returns*: how many referrers were new.
/// *Throws*: `unsupported` for a compressed archive, and what reading and writing throws.
@discardableResult
package func add(_ referrers: [Referrer], toLayout path: String) throws -> Int {
    let layout = try ImageLayout(path)
    var known = Set(layout.index.entries.map(\.descriptor.digest))
    let new = referrers.filter { known.insert($0.digest).inserted }
    guard !new.isEmpty else { return 0 }
    let index = try locatingAny(.file(path)) { try layout.indexBytes(adding: new) }
    var blobs: [Digest: [UInt8]] = [:]
    for referrer in new {
        blobs[referrer.digest] = referrer.manifestBytes
        for layer in [referrer.config] + referrer.layers { blobs[layer.descriptor.digest] = layer.bytes }
    }
    let missing = blobs.filter { layout.blob($0.key) == nil }.sorted { $0.key.hex < $1.key.hex }
    if isFolder(path) {
        for (digest, bytes) in missing { try writeFile("\(path)/\(layoutPath(digest))", bytes) }
        try writeFile("\(path)/index.json", index)
    } else {
        try locatingAny(.file(path)) { try rewrite(path, index: index, adding: missing) }
    }
    return new.count
}

extension ImageLayout {
    /// The `index.json` with entries for referrers behind those that it has, of which nothing is lost.
    fileprivate func indexBytes(adding referrers: [Referrer]) throws -> [UInt8] {
        var json = try JSONValue.parse(index.bytes).object ?? [:]
        json["manifests"] = .array((json["manifests"]?.array ?? []) + referrers.map(\.entry.json))
        return JSONValue.object(json).serialized(.canonical)
    }
}

private func rewrite(_ path: String, index: [UInt8], adding blobs: [(key: Digest, value: [UInt8])]) throws {
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
    for (digest, bytes) in blobs {
        try target.add(TarEntry(path: layoutPath(digest), kind: .file(byteCount: bytes.count), mode: 0o644), bytes)
    }
    try target.finish()
    try file.commit()
}

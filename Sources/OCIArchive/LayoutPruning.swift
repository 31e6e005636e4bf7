package import ContentStore
import Diagnostics
import Files
import Glibc
import JSON
import OCIImage

/// Removes from an OCI layout in a folder the blobs that its `index.json` does not lead to.
///
/// *Parameter* seconds: spares what was written within so many seconds.
/// *Parameter* isDryRun: removes nothing.
/// *Throws*: `malformed` when something that the index leads to cannot be read: then nothing is removed.
package func pruneLayout(
    _ path: String,
    unusedForSeconds seconds: Int = 0,
    isDryRun: Bool = false
) throws -> PruningReport {
    let lock = try FolderLock(path)
    defer { withExtendedLifetime(lock) {} }
    let layout = try ImageLayout(path)
    var reached: Set<Digest> = []
    for entry in layout.index.entries { try reach(entry.descriptor, in: layout, &reached, depth: 0) }
    let limit = fileTime() - seconds
    var report = PruningReport()
    let folder = "\(path)/blobs/sha256"
    for name in try folderNames(folder) {
        // Blobs, and what is left of some that were never whole; other files are somebody else's.
        guard let digest = Digest(hex: name) ?? Digest(hex: name.utf8.prefix(65).dropFirst().text),
            !reached.contains(digest) || name.utf8.first == UInt8(ascii: "."),
            let file = PruningReport.File("\(folder)/\(name)", usedBefore: limit)
        else { continue }
        if !isDryRun, unlink(file.path) != 0 { throw FileError(errno: errno, "removing", path: file.path) }
        report.add(file)
    }
    return report
}

extension Collection<UInt8> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}

/// Takes note of a blob and of all that it leads to.
private func reach(
    _ descriptor: Descriptor,
    in layout: ImageLayout,
    _ reached: inout Set<Digest>,
    depth: Int
) throws {
    guard reached.insert(descriptor.digest).inserted else { return }
    guard descriptor.mediaType.isIndex || descriptor.mediaType.isManifest else { return }
    guard depth < 16 else {
        throw OCIArchiveError(.malformed, at: .file(layout.path), "its indexes nest deeper than 16")
    }
    let json = try locatingAny(.file(layout.path)) { try JSONValue.parse(layout.manifest(descriptor)) }
    let lists = [json["manifests"]?.array ?? [], json["layers"]?.array ?? [], json["blobs"]?.array ?? []]
    for part in lists.joined() + [json["config"], json["subject"]].compactMap({ $0 }) {
        let part = try locatingAny(.file(layout.path)) { try Descriptor(part) }
        // What a manifest refers to need not be there: an image's foreign platforms, a subject.
        guard layout.blob(part.digest) != nil else { continue }
        try reach(part, in: layout, &reached, depth: depth + 1)
    }
}

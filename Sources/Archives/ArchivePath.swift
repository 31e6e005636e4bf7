import Diagnostics

/// The path of an archive's entry in one form: relative, without `.`, without a slash at either end.
///
/// *Throws*: `malformed` for a path that could leave the folder it is unpacked in, and for an empty one.
package func archivePath(_ path: String) throws(ArchiveError) -> String {
    // By scalars: to Swift, a slash followed by a combining accent is one character, and no separator.
    let scalars = path.unicodeScalars
    guard scalars.first != "/" else {
        throw ArchiveError(.malformed, at: .item("entry", path), "the path is absolute, expected a relative one")
    }
    guard !path.utf8.contains(0) else {
        throw ArchiveError(.malformed, at: .item("entry", path), "the path holds a zero byte")
    }
    let components = scalars.split(separator: "/").map(String.init).filter { $0 != "." }
    guard !components.contains("..") else {
        throw ArchiveError(.malformed, at: .item("entry", path), "the path climbs with `..`")
    }
    return components.joined(separator: "/")
}

/// The most components that the path of an entry may have, and far more than any of a package or an image has.
package let archivePathDepthLimit = 256

/// The path of an entry that is read, in the form of `archivePath`.
///
/// *Throws*: as `archivePath`, and `tooLarge` for more bytes than Linux opens, 4095, and more than 256 components: a few
/// bytes of a compressed archive can be folders without end.
func entryPath(_ path: String) throws(ArchiveError) -> String {
    func tooLarge(_ words: String) -> ArchiveError {
        let start = path.unicodeScalars.prefix(64).map { String($0) }.joined()
        return ArchiveError(.tooLarge, at: .item("entry", start + "…"), words)
    }
    guard path.utf8.count <= 4095 else {
        throw tooLarge("the path is too long, expected at most 4095 bytes, got \(path.utf8.count)")
    }
    let normal = try archivePath(path)
    let depth = normal.utf8.count { $0 == UInt8(ascii: "/") } + 1
    guard depth <= archivePathDepthLimit else {
        throw tooLarge("the path is too deep, expected at most \(archivePathDepthLimit) components, got \(depth)")
    }
    return normal
}

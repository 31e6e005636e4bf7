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

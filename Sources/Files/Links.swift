import Diagnostics
import Glibc

/// The path of what a path leads to, absolute and without symbolic links.
///
/// *Throws*: `notFound` where it leads nowhere, and `refused`.
package func realPath(_ path: String) throws(FileError) -> String {
    guard let resolved = realpath(path, nil) else { throw FileError(errno: errno, "reading", path: path) }
    defer { free(resolved) }
    return String(cString: resolved)
}

/// Whether what a path leads to is a folder or stands below it, links followed.
///
/// *Throws*: as `realPath`.
package func leads(_ path: String, into folder: String) throws(FileError) -> Bool {
    let (inner, outer) = (try realPath(path), try realPath(folder))
    return inner == outer || inner.utf8.starts(with: (outer == "/" ? outer : outer + "/").utf8)
}

/// The target of a symbolic link, as it stands there.
///
/// *Throws*: `notFound` and `refused`.
package func linkTarget(_ path: String) throws(FileError) -> String {
    let target = UnsafeMutablePointer<CChar>.allocate(capacity: Int(PATH_MAX))
    defer { target.deallocate() }
    let count = readlink(path, target, Int(PATH_MAX))
    guard count >= 0 else { throw FileError(errno: errno, "reading", path: path) }
    return String(decoding: UnsafeRawBufferPointer(start: target, count: count), as: UTF8.self)
}

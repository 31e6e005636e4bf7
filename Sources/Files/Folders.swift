import Diagnostics
import Glibc

/// Makes a folder, and the folders above it that are not there yet.
///
/// *Throws*: `refused` when one cannot be made.
package func makeFolders(_ path: String) throws(FileError) {
    let scalars = path.unicodeScalars
    var prefix = scalars.first == "/" ? "/" : ""
    for component in scalars.split(separator: "/") {
        prefix += String(component)
        if mkdir(prefix, 0o755) != 0, errno != EEXIST { throw FileError(errno: errno, "creating", path: prefix) }
        prefix += "/"
    }
}

/// The names in a folder, sorted by their bytes.
///
/// *Throws*: `notFound` and `refused`.
package func folderNames(_ path: String) throws(FileError) -> [String] {
    guard let stream = opendir(path) else { throw FileError(errno: errno, "opening", path: path) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
            tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Whether a path leads to a folder.
package func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

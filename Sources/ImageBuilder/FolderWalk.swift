import Diagnostics
import Files
import Glibc

/// The paths of all files below a folder, relative to it and sorted by their bytes; links are followed to files alone.
///
/// *Throws*: `model` for what is neither a file nor a folder, such as a pipe, and below a hundred folders; the errors of
/// files.
func filesBelow(_ folder: String) throws -> [String] {
    var files: [String] = []
    try walk(folder, prefix: "", depth: 0, into: &files)
    return files
}

private func walk(_ folder: String, prefix: String, depth: Int, into files: inout [String]) throws {
    guard depth < 100 else {
        throw ImageBuilderError(.model, at: .file(folder), "the folders go too deep, expected at most 100")
    }
    for name in try folderNames(folder) {
        let path = "\(folder)/\(name)"
        var (entry, target) = (stat(), stat())
        guard lstat(path, &entry) == 0, stat(path, &target) == 0 else {
            throw FileError(errno: errno, "reading", path: path)
        }
        switch (entry.st_mode & S_IFMT, target.st_mode & S_IFMT) {
        case (S_IFDIR, _): try walk(path, prefix: prefix + name + "/", depth: depth + 1, into: &files)
        case (_, S_IFREG): files.append(prefix + name)
        default:
            throw ImageBuilderError(.model, at: .file(path), "neither a file nor a folder, which images do not take")
        }
    }
}

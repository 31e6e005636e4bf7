import Diagnostics
import Files
import Glibc

/// The paths of all files below a folder, relative to it and sorted by their bytes; links are followed to files alone.
///
/// *Throws*: `model` for what is neither a file nor a folder, such as a pipe, and below a hundred folders; the errors of
/// files.
func filesBelow(_ folder: String) throws -> [String] {
    var walk = FolderWalk(followsLinks: true)
    try walk.add(folder, prefix: "", depth: 0)
    return walk.files
}

/// The paths of all files below a folder, and those of all links, which are not followed.
///
/// *Throws*: as `filesBelow`.
func filesAndLinksBelow(_ folder: String) throws -> (files: [String], links: [String]) {
    var walk = FolderWalk(followsLinks: false)
    try walk.add(folder, prefix: "", depth: 0)
    return (walk.files, walk.links)
}

private struct FolderWalk {
    let followsLinks: Bool
    var files: [String] = []
    var links: [String] = []

    init(followsLinks: Bool) { self.followsLinks = followsLinks }

    mutating func add(_ folder: String, prefix: String, depth: Int) throws {
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
            case (S_IFDIR, _): try add(path, prefix: prefix + name + "/", depth: depth + 1)
            case (S_IFLNK, _) where !followsLinks: links.append(prefix + name)
            case (_, S_IFREG): files.append(prefix + name)
            default:
                throw ImageBuilderError(
                    .model,
                    at: .file(path),
                    "neither a file nor a folder, which images do not take"
                )
            }
        }
    }
}

/// The symbolic links that lead above the root of some files, be it through other links, in the order of their paths.
///
/// For example, `d/p` does with the target `q/../../secret` where `d/q` leads to `.`.
func climbingLinks(_ files: [EntryPath: ImageFiles.File]) -> [(path: EntryPath, target: String)] {
    var links: [(path: EntryPath, target: String)] = []
    for (path, file) in files {
        if case .symbolicLink(let target) = file.kind { links.append((path, target)) }
    }
    var tree = PathTree<String> { $0 }
    for (path, target) in links {
        let names = path.text.unicodeScalars.split(separator: "/").map { EntryPath(String($0)) }
        guard let name = names.last else { continue }
        tree.set(target, name, inFolders: names.dropLast(), keepsBranch: false, newFolder: nil)
    }
    return links.filter { tree.resolve($0.path.text).isClimbing }.sorted { $0.path < $1.path }
}

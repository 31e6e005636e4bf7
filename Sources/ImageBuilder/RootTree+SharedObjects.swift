import OCIImage

extension RootTree {
    /// Makes the links by which the dynamic linker finds shared objects, where packages leave them to `ldconfig`.
    ///
    /// A file `libx.so.1.2` whose SONAME is `libx.so.1` is linked under that name, unless something stands there. Of two
    /// files with one SONAME the later by its name is linked.
    ///
    /// *Source*: ldconfig(8).
    mutating func linkSharedObjects() throws {
        var links: [(parent: Int, name: Name, target: Int)] = []
        try forEach { number, node in
            guard case .file(let blob, _, _) = node.content, isLibraryFolder(node.parent),
                isLibraryName(node.name), let range = blob.fileRange, let name = try soname(of: range),
                name != node.name, !name.isEmpty, !name.contains(UInt8(ascii: "/")),
                nodes[node.parent].children[name] == nil
            else { return }
            links.append((node.parent, name, number))
        }
        for (parent, name, target) in links {
            let content = Content.symbolicLink(target: String(decoding: nodes[target].name, as: UTF8.self))
            if let standing = nodes[parent].children[name] {
                replace(standing, content, Attributes(mode: 0o777), origin: nodes[target].origin)
            } else {
                append(content, Attributes(mode: 0o777), origin: nodes[target].origin, parent: parent, name: name)
            }
        }
    }

    private func isLibraryName(_ name: Name) -> Bool {
        name.starts(with: Array("lib".utf8)) && String(decoding: name, as: UTF8.self).contains(".so")
    }

    /// Whether the dynamic linker looks into a folder: `lib`, `usr/lib`, `usr/local/lib`, and those of an architecture.
    private func isLibraryFolder(_ number: Int) -> Bool {
        let path = components(of: number).map { String(decoding: $0, as: UTF8.self) }
        let rest = path.first == "usr" ? path.dropFirst(path.dropFirst().first == "local" ? 2 : 1) : path[...]
        guard let first = rest.first, ["lib", "lib32", "lib64", "libx32"].contains(first), rest.count <= 2 else {
            return false
        }
        return rest.count == 1 || rest.last?.contains("-linux-gnu") == true
    }
}

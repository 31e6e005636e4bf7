import OCIImage

extension RootTree {
    /// Makes the links by which the dynamic linker finds shared objects, where packages leave them to `ldconfig`.
    ///
    /// A file `libx.so.1.2` whose SONAME is `libx.so.1` is linked under that name, unless something stands there. Of two
    /// files with one SONAME the later version is linked: `libx.so.1.10`, not `libx.so.1.9`.
    ///
    /// *Source*: ldconfig(8).
    mutating func linkSharedObjects() throws {
        var links: [(link: Link, target: Int)] = []
        var places: [Link: Int] = [:]
        try forEach { number, node in
            guard case .file(let blob, _, _) = node.content, isLibraryFolder(node.parent),
                isLibraryName(node.name), let range = blob.fileRange, let name = try soname(of: range),
                name != node.name, !name.isEmpty, !name.contains(UInt8(ascii: "/")),
                nodes[node.parent].children[name] == nil
            else { return }
            let link = Link(parent: node.parent, name: name)
            guard let place = places[link] else {
                places[link] = links.count
                links.append((link, number))
                return
            }
            if libraryOrder(nodes[links[place].target].name, node.name) < 0 { links[place].target = number }
        }
        for (link, target) in links {
            append(
                .symbolicLink(target: String(decoding: nodes[target].name, as: UTF8.self)),
                Attributes(mode: 0o777),
                origin: nodes[target].origin,
                parent: link.parent,
                name: link.name
            )
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

/// A link to make: the folder, and the SONAME.
private struct Link: Hashable {
    let parent: Int
    let name: RootTree.Name
}

/// Negative, zero or positive as one file name of a library is before, the same as, or after another: numbers by their
/// value, and after anything else.
///
/// *Source*: ldconfig of glibc, the order in which it prefers files.
private func libraryOrder(_ left: RootTree.Name, _ right: RootTree.Name) -> Int {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    var left = left[...]
    var right = right[...]
    while let first = left.first, let second = right.first {
        switch (isDigit(first), isDigit(second)) {
        case (true, true):
            let one = left.prefix(while: isDigit).drop { $0 == 0x30 }
            let other = right.prefix(while: isDigit).drop { $0 == 0x30 }
            if one.count != other.count { return one.count - other.count }
            for (a, b) in zip(one, other) where a != b { return Int(a) - Int(b) }
            left = left.drop(while: isDigit)
            right = right.drop(while: isDigit)
        case (true, false): return 1
        case (false, true): return -1
        case (false, false):
            if first != second { return Int(first) - Int(second) }
            left = left.dropFirst()
            right = right.dropFirst()
        }
    }
    return left.count - right.count
}

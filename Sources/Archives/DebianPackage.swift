import Diagnostics

/// A Debian package: what it says of itself, and the files it brings.
///
/// Its scripts are never run.
package struct DebianPackage: Sendable {
    /// One thing the package brings, its path relative to the root.
    package struct Item: Sendable, Hashable {
        package let entry: TarEntry
        /// The bytes of a file.
        package let bytes: [UInt8]
    }

    /// The text of the `control` file.
    package let control: String
    /// The names of the scripts that an installation would run.
    package let scripts: [String]
    /// The items that were asked for, in the order of the package.
    package let items: [Item]

    /// Reads a package from the bytes of a `.deb` file.
    ///
    /// *Parameter* keeping: whether the item at a path is wanted; the bytes of others are not kept.
    /// *Parameter* limit: the most bytes that the wanted files together may hold.
    /// *Throws*: `malformed` for a damaged file and for paths that climb, `tooLarge` beyond the limit.
    /// *Source*: deb(5).
    package init(
        _ bytes: [UInt8],
        limit: Int = 1 << 28,
        keeping isWanted: (String) -> Bool
    ) throws {
        let members = try readAr(bytes)
        guard let version = members.first, version.name == "debian-binary",
            bytes[version.range].starts(with: Array("2.".utf8))
        else {
            throw ArchiveError(
                .malformed,
                "the file is no Debian package, expected a first member `debian-binary` of 2.x"
            )
        }
        var rest = limit
        let control = try Self.items(of: "control", members, bytes, limit: &rest) { _ in true }
        guard let text = control.first(where: { $0.entry.path == "control" }) else {
            throw ArchiveError(.malformed, at: .item("member", "control.tar"), "there is no `control` in it")
        }
        self.control = String(decoding: text.bytes, as: UTF8.self)
        scripts = control.map(\.entry.path).filter { ["preinst", "postinst", "prerm", "postrm"].contains($0) }.sorted()
        items = try Self.items(of: "data", members, bytes, limit: &rest, keeping: isWanted)
    }

    private static func items(
        of part: String,
        _ members: [ArMember],
        _ bytes: [UInt8],
        limit: inout Int,
        keeping isWanted: (String) -> Bool
    ) throws -> [Item] {
        guard let member = members.first(where: { $0.name == "\(part).tar" || $0.name.hasPrefix("\(part).tar.") })
        else {
            throw ArchiveError(.malformed, "the Debian package has no member `\(part).tar`")
        }
        do {
            let tar = try TarReader(bytes: Array(bytes[member.range]))
            var items: [Item] = []
            while let entry = try tar.next() {
                guard !entry.path.isEmpty, isWanted(entry.path) else { continue }
                let data = try tar.data(limit: limit)
                limit -= data.count
                items.append(Item(entry: entry, bytes: data))
            }
            return items
        } catch let error as ArchiveError {
            throw error.within(.item("member", member.name))
        }
    }
}

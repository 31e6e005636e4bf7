package import Archives
import Diagnostics
package import Files
package import TextFormats

/// A Debian package: what it says of itself, and the files it brings.
///
/// Its scripts are never run. For example:
///
///     let spool = try Spool()
///     let package = try DebianPackage(path: "libc6.deb", into: spool)
package struct DebianPackage: Sendable {
    /// One thing the package brings, its path relative to the root.
    package struct Item: Sendable, Hashable {
        package let entry: TarEntry
        /// Where the bytes of a file stand; `nil` for everything else.
        package let content: FileRange?
    }

    /// What a package may grow to.
    package struct Limits: Sendable, Hashable {
        /// The bytes of all files together.
        package var byteCount = 8 << 30
        /// The entries of the package's two archives.
        package var entryCount = 1 << 20
        /// The bytes of the files that say something of the package.
        package var controlByteCount = 16 << 20

        /// Far more than any package of Debian has.
        package init() {}
    }

    /// The files that say something of the package, by name: `control`, `md5sums`, `postinst`, `triggers`.
    package let controlFiles: [String: [UInt8]]
    /// The fields of `control`.
    package let control: FieldParagraph
    /// The items that were asked for, in the order of the package.
    package let items: [Item]

    /// The package's name.
    package var name: String { control["package"] ?? "" }
    /// The package's version.
    package var version: String { control["version"] ?? "" }

    /// Reads a package, and writes the contents of its files into a spool.
    ///
    /// *Parameter* keeping: whether the item at a path is wanted; the bytes of others are not kept.
    /// *Throws*: `malformed` for a damaged package and for paths that climb, `tooLarge` beyond the limits, `unsupported`
    /// for devices and files with holes.
    /// *Source*: deb(5).
    package init(
        path: String,
        into spool: Spool,
        limits: Limits = Limits(),
        keeping isWanted: (String) -> Bool = { _ in true }
    ) throws {
        let members = try readAr(path)
        guard members.first?.name == "debian-binary" else {
            throw DebianPackagesError(
                .malformed,
                "the file is no Debian package, expected a first member `debian-binary`, got "
                    + "`\(members.first?.name ?? "")`"
            )
        }
        try Self.checkFormat(path, members)
        var reader = DebianPackageReader(path: path, members: members, limits: limits)
        controlFiles = try reader.controlFiles()
        guard let text = controlFiles["control"], let stanza = FieldParagraph.paragraphs(text).first else {
            throw DebianPackagesError(.malformed, at: .item("member", "control.tar"), "there is no `control` in it")
        }
        for field in ["package", "version", "architecture"] where stanza[field] == nil {
            throw DebianPackagesError(.malformed, at: .item("file", "control"), "the field `\(field)` is missing")
        }
        control = stanza
        items = try reader.items(into: spool, keeping: isWanted)
    }

    /// *Throws*: `unsupported` for packages of another format than 2.x.
    private static func checkFormat(_ path: String, _ members: [ArMember]) throws {
        guard let member = members.first else { return }
        var bytes: [UInt8] = []
        try readFileInPieces(path, offset: member.range.lowerBound, byteCount: min(member.range.count, 16)) {
            bytes.append(contentsOf: $0)
        }
        guard bytes.starts(with: Array("2.".utf8)) else {
            throw DebianPackagesError(
                .unsupported,
                at: .item("member", member.name),
                "packages of this format are not read here, expected 2.x, got "
                    + "`\(String(decoding: bytes, as: UTF8.self))`"
            )
        }
    }
}

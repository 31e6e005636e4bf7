import Archives
package import DebianPackages
import Diagnostics
import Files
package import OCIImage
import TextFormats

/// The files of an image before they are parted into layers, from packages, wheels and single files.
///
/// Nothing is written and nothing is run: packages are merged in memory, as `dpkg` would unpack them one upon the other.
/// For example:
///
///     var root = RootFilesystem(architecture: "amd64")
///     for package in packages { try root.add(package) }
///     try root.add("etc/passwd", .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644, origin: "accounts")
///     for (name, tree) in try root.merged().layers(budget: 8) { … }
package struct RootFilesystem {
    /// What stands under a path.
    package enum Content: Sendable {
        case folder
        case file(any BlobSource, byteCount: Int)
        case symbolicLink(target: String)
    }

    struct Item {
        let components: [RootTree.Name]
        let content: RootTree.Content
        let attributes: RootTree.Attributes
        let origin: String
        /// Whether it takes the place of what another origin brings.
        let isOverride: Bool
    }

    /// Who brings what no package does: the links of a merged `/usr`.
    static let ownOrigin = "image"

    private(set) var items: [Item] = []
    private(set) var packages: [String: PackageClaims] = [:]
    /// The layer that the files of an origin would like to be in: the source package.
    private(set) var groups: [String: String] = [:]
    private var linkCount = 0
    /// The architecture in Debian's words: `amd64`, `arm64`.
    let architecture: String
    /// Whether `/bin`, `/sbin` and `/lib` are links to the folders below `/usr`, as in every Debian since 12.
    package var mergesUsr = true
    /// What is left out; copyright files stay, unless a pattern ends with their name.
    package var dropped: [PathPattern] = []
    /// The certificates that are put together in one file.
    package var certificates: CertificateBundle?

    /// An image of nothing yet.
    package init(architecture: String) { self.architecture = architecture }

    /// Adds the files of a package, and what scanners of images read in place of a database of packages.
    ///
    /// *Parameter* keeping: whether the item at a path of the package is wanted.
    /// *Throws*: `package` for a package that stands there twice, and for hard links that lead to nothing in it.
    /// *Source*: the layout of `var/lib/dpkg/status.d` is that of distroless images.
    package mutating func add(_ package: DebianPackage, keeping isWanted: (String) -> Bool = { _ in true }) throws {
        let name = package.name
        guard packages[name] == nil, isPackageName(name) else {
            throw ImageBuilderError(
                .package,
                at: .item("package", name),
                "the package stands there twice, or has no name"
            )
        }
        packages[name] = try PackageClaims(package, architecture: architecture)
        groups[name] = package.control.words("source").first ?? name
        try locating(.item("package", name)) { () throws(ImageBuilderError) in
            try addItems(package, keeping: isWanted)
        }
        let folder = "var/lib/dpkg/status.d"
        for (suffix, file) in [("", "control"), (".md5sums", "md5sums")] {
            guard let bytes = package.controlFiles[file] else { continue }
            let content = Content.file(MemoryBlob(bytes), byteCount: bytes.count)
            try add("\(folder)/\(name)\(suffix)", content, mode: 0o644, origin: name)
        }
    }

    private func isPackageName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "+-.".utf8.contains($0)
            }
    }

    private mutating func addItems(
        _ package: DebianPackage,
        keeping isWanted: (String) -> Bool
    ) throws(ImageBuilderError) {
        var links: [[UInt8]: Int] = [:]
        for item in package.items {
            guard case .hardLink(let target) = item.entry.kind, links[Array(target.utf8)] == nil else { continue }
            links[Array(target.utf8)] = linkCount
            linkCount += 1
        }
        var files: [[UInt8]: RootTree.Content] = [:]
        for item in package.items {
            let key = Array(item.entry.path.utf8)
            let content: RootTree.Content
            switch item.entry.kind {
            case .folder: content = .folder
            case .symbolicLink(let target): content = .symbolicLink(target: target)
            case .file:
                guard let range = item.content else { continue }
                content = .file(FileRangeBlob(range), byteCount: range.byteCount, link: links[key])
                files[key] = content
            case .hardLink(let target):
                guard let file = files[Array(target.utf8)] else {
                    throw ImageBuilderError(
                        .package,
                        at: .item("path", item.entry.path),
                        "the hard link leads to no file before it in the package, got `\(target)`"
                    )
                }
                content = file
                files[key] = file
            case .other:
                throw ImageBuilderError(.package, at: .item("path", item.entry.path), "devices are not supported")
            }
            guard isWanted(item.entry.path) else { continue }
            let attributes = RootTree.Attributes(
                mode: item.entry.mode,
                userID: item.entry.userID,
                groupID: item.entry.groupID
            )
            items.append(
                Item(
                    components: RootTree.components(item.entry.path),
                    content: content,
                    attributes: attributes,
                    origin: package.name,
                    isOverride: false
                )
            )
        }
    }

    /// Adds one thing.
    ///
    /// *Parameter* origin: who brings it, for messages and for layers: `numpy`, `accounts`.
    /// *Parameter* isOverride: whether it takes the place of what a package brings.
    /// *Throws*: `path` for an empty path and for one that climbs.
    package mutating func add(
        _ path: String,
        _ content: Content,
        mode: UInt32,
        userID: Int = 0,
        groupID: Int = 0,
        origin: String,
        isOverride: Bool = false
    ) throws(ImageBuilderError) {
        guard let normal = try? archivePath(path), !normal.isEmpty else {
            throw ImageBuilderError(
                .path,
                at: .item("path", path),
                "the path has another form, expected a relative one without `..`"
            )
        }
        let stored: RootTree.Content =
            switch content {
            case .folder: .folder
            case .file(let blob, let byteCount): .file(blob, byteCount: byteCount, link: nil)
            case .symbolicLink(let target): .symbolicLink(target: target)
            }
        items.append(
            Item(
                components: RootTree.components(normal),
                content: stored,
                attributes: RootTree.Attributes(mode: mode, userID: userID, groupID: groupID),
                origin: origin,
                isOverride: isOverride
            )
        )
    }

    /// The files as a container sees them.
    ///
    /// *Throws*: `conflict` with both owners, `certificates`, and the errors of reading files.
    package func merged() throws -> MergedFilesystem {
        var merge = FilesystemMerge(self)
        return MergedFilesystem(tree: try merge.run(), groups: groups)
    }
}

import ContentStore
import Diagnostics
import Files
import OCIArchive
import OCIImage

/// Files that somebody puts into an image beside the model, such as the script that runs it.
///
/// Links in a folder stay links, and one that leads out of the folder is refused: what it leads to was not given.
package struct AddedFiles: Sendable {
    /// One file.
    struct File: Sendable {
        let path: String
        let source: String
        let byteCount: Int
        let isExecutable: Bool
        let digest: Digest
    }

    /// A symbolic link in a folder.
    struct Link: Sendable {
        let path: String
        let target: String
    }

    private(set) var files: [File] = []
    private(set) var links: [Link] = []

    /// Looks at the files.
    ///
    /// *Parameter* items: a file or folder each, and the path in the image that it goes to.
    /// *Throws*: `link` for a link that leads out of a folder, and the errors of files.
    package init(_ items: [(source: String, path: String)]) throws {
        for (source, path) in items {
            let target = String(path.drop { $0 == "/" })
            guard isFolder(source) else {
                files.append(try File(path: target, source: source))
                continue
            }
            let found = try filesAndLinksBelow(source)
            files += try found.files.map { try File(path: "\(target)/\($0)", source: "\(source)/\($0)") }
            links += try found.links.map { Link(path: "\(target)/\($0)", target: try innerTarget(of: $0, in: source)) }
        }
    }

    var isEmpty: Bool { files.isEmpty && links.isEmpty }

    /// What the layer is made from.
    var inputs: [String] {
        files.flatMap { [$0.path, $0.isExecutable ? "755" : "644", $0.digest.description] }
            + links.flatMap { [$0.path, "link", $0.target] }
    }

    func tree(on outline: RootOutline) throws -> LayerTree {
        var tree = LayerTree()
        for file in files {
            let content = LayerTree.Content.file(FileBlob(path: file.source), byteCount: file.byteCount)
            try outline.add(file.path, content, mode: file.isExecutable ? 0o755 : 0o644, to: &tree)
        }
        for link in links { try outline.add(link.path, .symbolicLink(target: link.target), mode: 0o777, to: &tree) }
        return tree
    }
}

extension AddedFiles.File {
    fileprivate init(path: String, source: String) throws {
        self.path = path
        self.source = source
        (digest, byteCount) = try digestOfFile(source)
        isExecutable = isExecutableFile(source)
    }
}

/// The target of a link below a folder, which leads to something in the folder wherever the folder stands.
private func innerTarget(of link: String, in folder: String) throws -> String {
    let path = "\(folder)/\(link)"
    let target = try linkTarget(path)
    var depth = target.utf8.first == UInt8(ascii: "/") ? -1 : link.unicodeScalars.count { $0 == "/" }
    for component in target.unicodeScalars.split(separator: "/").map(String.init) where component != "." && depth >= 0 {
        depth += component == ".." ? -1 : 1
    }
    guard depth >= 0, try leads(path, into: folder) else {
        throw ImageBuilderError(
            .link,
            at: .file(path),
            "the link leads out of the folder `\(folder)`, got `\(target)`",
            hint: "`cp -rL` makes a copy of the folder with files in the place of links"
        )
    }
    return target
}

import Archives
import ContentStore
import Diagnostics
import JSON
import OCIArchive
import OCIImage

/// What layers have to know of the file system below them: in a layer, every folder above a file stands anew, and would
/// replace the link, or the rights, that stood there.
struct RootOutline: Sendable, Hashable {
    /// A folder whose rights are not those of any folder.
    struct Folder: Sendable, Hashable {
        var mode: UInt32
        var userID: Int
        var groupID: Int

        var isOrdinary: Bool { mode == 0o755 && userID == 0 && groupID == 0 }
    }

    /// The most components that are looked at on the way to a path, those of links among them.
    private static let componentLimit = 4096

    private(set) var folders: [EntryPath: Folder] = [:]
    /// The targets of symbolic links.
    private(set) var links: [EntryPath: String] = [:]

    /// The outline of an empty root.
    init() {}

    /// The outline of a tree.
    init(_ tree: RootTree) {
        tree.forEach { number, node in
            switch node.content {
            case .folder:
                let rights = node.attributes
                note(tree.path(of: number), Folder(mode: rights.mode, userID: rights.userID, groupID: rights.groupID))
            case .symbolicLink(let target): links[EntryPath(tree.path(of: number))] = target
            case .file: break
            }
        }
        // Most links lead to files, and nothing goes through those; what a link leads to may be in a layer above.
        links = links.filter { path, _ in
            guard let number = tree.find(RootTree.components(path.text)) else { return true }
            if case .file = tree.nodes[number].content { return false }
            return true
        }
    }

    /// The outline of an image.
    ///
    /// *Throws*: what reading its layers throws.
    init(_ image: Image) throws {
        let files = try ImageFiles(image)
        for (path, file) in files.files {
            switch file.kind {
            case .folder: note(path.text, Folder(mode: file.mode, userID: file.userID, groupID: file.groupID))
            case .symbolicLink(let target): links[path] = target
            case .file, .other: break
            }
        }
        let whole = self
        links = links.filter { path, _ in
            guard let target = try? whole.resolved(path.text, followsLast: true) else { return false }
            if case .file? = files.files[EntryPath(target)]?.kind { return false }
            return true
        }
    }

    private mutating func note(_ path: String, _ folder: Folder) {
        if !folder.isOrdinary { folders[EntryPath(path)] = folder }
    }

    /// This outline over that of layers below.
    func over(_ lower: RootOutline) -> RootOutline {
        var outline = lower
        outline.folders.merge(folders) { $1 }
        outline.links.merge(links) { $1 }
        return outline
    }

    /// Where a path leads, through links in it; the last component is not followed unless told so.
    ///
    /// *Throws*: `path` for one that loops, and for one that leads too far.
    func resolved(_ path: String, followsLast: Bool = false) throws(ImageBuilderError) -> String {
        func components(_ path: String) -> [String] { path.unicodeScalars.split(separator: "/").map(String.init) }
        var pending = Array(components(path).reversed())
        var done: [String] = []
        var linkCount = 0
        var componentCount = 0
        while let component = pending.popLast() {
            componentCount += 1
            guard componentCount <= Self.componentLimit, done.count < archivePathDepthLimit else {
                throw ImageBuilderError(
                    .path,
                    at: .item("path", path),
                    "the path leads too far through links, expected at most \(Self.componentLimit) components"
                )
            }
            if component == "." { continue }
            if component == ".." {
                _ = done.popLast()
                continue
            }
            done.append(component)
            guard followsLast || !pending.isEmpty, let target = links[EntryPath(done.joined(separator: "/"))] else {
                continue
            }
            linkCount += 1
            // The limits of Linux: MAXSYMLINKS and PATH_MAX.
            guard linkCount <= 40, target.utf8.count < 4096 else {
                throw ImageBuilderError(.path, at: .item("path", path), "the path leads through a loop of links")
            }
            done = target.hasPrefix("/") ? [] : Array(done.dropLast())
            pending += components(target).reversed()
        }
        return done.joined(separator: "/")
    }

    /// Puts a file into a layer that stands above, where its path leads, with the folders above it as they are.
    ///
    /// *Throws*: `conflict` where the environment has a folder or a link to one, and the errors of layers.
    func add(
        _ path: String,
        _ content: LayerTree.Content,
        mode: UInt32,
        to tree: inout LayerTree
    ) throws {
        let resolved = try resolved(path)
        guard links[EntryPath(resolved)] == nil, folders[EntryPath(resolved)] == nil else {
            throw ImageBuilderError(
                .conflict,
                at: .item("path", path),
                "the environment has a folder or a link there, expected the path of a file"
            )
        }
        let components = resolved.unicodeScalars.split(separator: "/").map(String.init)
        for count in 1..<max(components.count, 1) {
            let parent = components[..<count].joined(separator: "/")
            guard let folder = folders[EntryPath(parent)] else { continue }
            try tree.add(parent, .folder, mode: folder.mode, userID: folder.userID, groupID: folder.groupID)
        }
        try tree.add(resolved, content, mode: mode)
    }
}

extension RootOutline {
    /// Reads an outline that was noted.
    init?(_ json: JSONValue) {
        guard let folders = json["folders"]?.object, let links = json["links"]?.object else { return nil }
        for member in folders.members {
            let numbers = (member.value.array ?? []).compactMap { $0.number?.int }
            guard numbers.count == 3, let mode = UInt32(exactly: numbers[0]) else { return nil }
            self.folders[EntryPath(member.key)] = Folder(mode: mode, userID: numbers[1], groupID: numbers[2])
        }
        for member in links.members { self.links[EntryPath(member.key)] = member.value.string }
    }

    /// What the outline adds to the inputs of a layer above it.
    var digest: String { Digest(of: json.serialized(.canonical)).description }

    /// The outline as it is noted.
    var json: JSONValue {
        [
            "folders": .object(
                JSONObject(
                    folders.sorted { $0.key < $1.key }.map { path, folder in
                        let numbers = [Int(folder.mode), folder.userID, folder.groupID]
                        return (path.text, .array(numbers.map { .number(JSONNumber($0)) }))
                    }
                )
            ),
            "links": .object(
                JSONObject(links.sorted { $0.key < $1.key }.map { ($0.key.text, .string($0.value)) })
            ),
        ]
    }
}

import Diagnostics
import OCIImage

/// A tree of files in memory, through whose symbolic links paths are followed as a system would follow them inside of it.
///
/// Names are bytes: to Swift, two spellings of one accent are the same string, and to a file system they are not.
struct RootTree {
    typealias Name = [UInt8]

    /// What stands under a name.
    enum Content {
        case folder
        /// *Parameter* link: the same for names that are hard links of one file.
        case file(any BlobSource, byteCount: Int, link: Int?)
        case symbolicLink(target: String)
    }

    struct Node {
        var content: Content
        var attributes: Attributes
        /// Who brought it; `nil` for a folder that is there only because of what is below.
        var origin: String?
        let parent: Int
        let name: Name
        var children: [Name: Int] = [:]
    }

    /// Who may do what with a file.
    struct Attributes: Hashable {
        var mode: UInt32
        var userID = 0
        var groupID = 0

        /// A folder that is there only because of what is below.
        static let folder = Attributes(mode: 0o755)
    }

    private(set) var nodes = [
        Node(content: .folder, attributes: .folder, origin: nil, parent: 0, name: [])
    ]

    /// The components of a path.
    static func components(_ path: String) -> [Name] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    }

    /// The path of a node, relative to the root.
    func path(of number: Int) -> String { Self.text(components(of: number)) }

    /// A path of components.
    static func text(_ components: [Name]) -> String {
        String(decoding: Array(components.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }

    /// The components of a node's path.
    func components(of number: Int) -> [Name] {
        var components: [Name] = []
        var number = number
        while number != 0 {
            components.append(nodes[number].name)
            number = nodes[number].parent
        }
        return components.reversed()
    }

    /// The folder that a path leads to, through links; what is missing on the way is made.
    ///
    /// *Throws*: `conflict` for a path through a file and for a loop of links.
    mutating func folder(_ components: [Name]) throws(ImageBuilderError) -> Int {
        var walk = TreeWalk(components)
        while let step = try walk.next(in: self) {
            switch step {
            case .node(let number): walk.enter(number)
            case .missing(let name):
                walk.enter(append(.folder, .folder, origin: nil, parent: walk.current, name: name))
            }
        }
        guard case .folder = nodes[walk.current].content else { throw walk.notFolder(in: self) }
        return walk.current
    }

    /// The node that a path leads to, through links; `nil` when there is none.
    func find(_ components: [Name]) -> Int? {
        var walk = TreeWalk(components)
        do {
            while let step = try walk.next(in: self) {
                guard case .node(let number) = step else { return nil }
                walk.enter(number)
            }
        } catch {
            return nil
        }
        return walk.current
    }

    /// Puts a new node into a folder; its number.
    @discardableResult
    mutating func append(
        _ content: Content,
        _ attributes: Attributes,
        origin: String?,
        parent: Int,
        name: Name
    ) -> Int {
        let number = nodes.count
        nodes.append(Node(content: content, attributes: attributes, origin: origin, parent: parent, name: name))
        nodes[parent].children[name] = number
        return number
    }

    /// Puts something else in the place of a node, which keeps what is below.
    mutating func replace(_ number: Int, _ content: Content, _ attributes: Attributes, origin: String?) {
        nodes[number].content = content
        nodes[number].attributes = attributes
        nodes[number].origin = origin
    }

    /// Takes a node out, with all that is below.
    mutating func remove(_ number: Int) {
        guard number != 0 else { return }
        nodes[nodes[number].parent].children[nodes[number].name] = nil
    }

    /// Every node below one, parents first, those of a folder sorted by the bytes of their names.
    func forEach(below top: Int = 0, _ body: (Int, Node) throws -> Void) rethrows {
        var pending = [top]
        while let number = pending.popLast() {
            if number != top { try body(number, nodes[number]) }
            let children = nodes[number].children.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            pending += children.reversed().map(\.value)
        }
    }
}

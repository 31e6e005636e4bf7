/// Values by their paths in a tree of folders, of which a whole branch goes in constant time, however much is in it.
///
/// What is removed is out of reach at once, and its memory goes with the tree.
struct PathTree<Value> {
    /// A step on the way down: a name, and the number of the node that stands there.
    struct Step {
        var name: EntryPath
        fileprivate var number: Int?
    }

    /// Where a path leads.
    struct Resolution {
        /// The names from the root on, none of which is a link.
        var steps: [Step] = []
        /// Whether `..` stood at the root on the way, where a kernel stays.
        var isClimbing = false
        /// Whether no kernel follows the path to its end: it leads through more than 40 links, or through too long a one.
        var isEndless = false
    }

    private struct Key: Hashable {
        var folder: Int
        var name: EntryPath
    }

    private struct Node {
        var number: Int
        var value: Value?
    }

    private var nodes: [Key: Node] = [:]
    private var root = 0
    private var lastNumber = 0
    /// The bytes of the paths of all nodes, with those out of reach.
    private(set) var pathByteCount = 0

    /// The target of a symbolic link; `nil` for a value that is none.
    private let linkTarget: (Value) -> String?

    /// An empty tree.
    init(linkTarget: @escaping (Value) -> String?) { self.linkTarget = linkTarget }

    /// The number of nodes, with those out of reach.
    var count: Int { nodes.count }

    private mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Follows a path through the links in the tree, the last one too, as a kernel does below a root of its own.
    ///
    /// What is not there is taken for a folder.
    func resolve(_ path: some StringProtocol, from start: [Step] = []) -> Resolution {
        var found = Resolution(steps: start)
        var linkCount = 0
        var rest: [Substring.UnicodeScalarView] = []
        func push(_ path: some StringProtocol) {
            rest += Substring(path).unicodeScalars.split(separator: "/").reversed()
        }
        push(path)
        while let component = rest.popLast().map({ String($0) }) {
            if component == "." { continue }
            if component == ".." {
                if found.steps.popLast() == nil { found.isClimbing = true }
                continue
            }
            let node = node(EntryPath(component), below: found.steps.last)
            guard let target = node?.value.flatMap(linkTarget) else {
                found.steps.append(Step(name: EntryPath(component), number: node?.number))
                continue
            }
            linkCount += 1
            // The limits of Linux: MAXSYMLINKS and PATH_MAX.
            guard linkCount <= 40, target.utf8.count < 4096 else {
                found.isEndless = true
                return found
            }
            if target.utf8.first == UInt8(ascii: "/") { found.steps = [] }
            push(target)
        }
        return found
    }

    private func node(_ name: EntryPath, below step: Step?) -> Node? {
        guard let folder = step == nil ? root : step?.number else { return nil }
        return nodes[Key(folder: folder, name: name)]
    }

    /// What stands under a name.
    func value(_ name: EntryPath, below steps: [Step]) -> Value? { node(name, below: steps.last)?.value }

    /// Puts a value under a name, in folders that are made with another value where they are not there.
    ///
    /// *Parameter* keepsBranch: whether what stands below the name stays.
    mutating func set(
        _ value: Value,
        _ name: EntryPath,
        inFolders folders: some Sequence<EntryPath>,
        keepsBranch: Bool,
        newFolder: @autoclosure () -> Value?
    ) {
        var folder = root
        var byteCount = 0
        for folderName in folders {
            let key = Key(folder: folder, name: folderName)
            byteCount += folderName.text.utf8.count + 1
            folder = nodes[key]?.number ?? nextNumber()
            guard nodes[key] == nil else { continue }
            nodes[key] = Node(number: folder, value: newFolder())
            pathByteCount += byteCount
        }
        let key = Key(folder: folder, name: name)
        if nodes[key] == nil { pathByteCount += byteCount + name.text.utf8.count }
        let number = keepsBranch ? nodes[key]?.number : nil
        nodes[key] = Node(number: number ?? nextNumber(), value: value)
    }

    /// Removes what stands under a name, with all that is below it.
    mutating func remove(_ name: EntryPath, below steps: [Step]) {
        guard let folder = steps.isEmpty ? root : steps.last?.number else { return }
        nodes[Key(folder: folder, name: name)] = nil
    }

    /// Removes all that is in a folder.
    mutating func empty(_ steps: [Step]) {
        guard let last = steps.last else { return root = nextNumber() }
        guard let folder = steps.count == 1 ? root : steps[steps.count - 2].number else { return }
        let key = Key(folder: folder, name: last.name)
        guard var node = nodes[key] else { return }
        node.number = nextNumber()
        nodes[key] = node
    }

    /// The values by their paths.
    var values: [EntryPath: Value] {
        let folders = Dictionary(grouping: nodes) { $0.key.folder }
        var values: [EntryPath: Value] = [:]
        var open = [(number: root, prefix: "")]
        while let (number, prefix) = open.popLast() {
            for (key, node) in folders[number] ?? [] {
                let path = prefix + key.name.text
                if let value = node.value { values[EntryPath(path)] = value }
                open.append((node.number, path + "/"))
            }
        }
        return values
    }
}

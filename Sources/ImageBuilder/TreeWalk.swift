import Diagnostics

/// A walk along a path through a tree of files, which never leaves the tree: above the root is the root.
struct TreeWalk {
    /// What the next component leads to.
    enum Step {
        case node(Int)
        /// Nothing stands there.
        case missing(RootTree.Name)
    }

    /// As Linux has it: a path that leads through more links is taken for a loop.
    private static let linkLimit = 40

    private let components: [RootTree.Name]
    /// The components ahead, the next one last.
    private var pending: [RootTree.Name]
    private var linkCount = 0
    private(set) var current = 0

    init(_ components: [RootTree.Name]) {
        self.components = components
        pending = components.reversed()
    }

    /// The next step; `nil` at the end of the path.
    ///
    /// *Throws*: `conflict` for a path through a file and for a loop of links.
    mutating func next(in tree: RootTree) throws(ImageBuilderError) -> Step? {
        while let name = pending.popLast() {
            if name.isEmpty || name == [UInt8(ascii: ".")] { continue }
            guard case .folder = tree.nodes[current].content else { throw notFolder(in: tree) }
            if name == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                current = tree.nodes[current].parent
                continue
            }
            guard let child = tree.nodes[current].children[name] else { return .missing(name) }
            guard case .symbolicLink(let target) = tree.nodes[child].content else { return .node(child) }
            linkCount += 1
            guard linkCount <= Self.linkLimit else {
                throw ImageBuilderError(
                    .conflict,
                    at: .item("path", RootTree.text(components)),
                    "the path leads through more than \(Self.linkLimit) links, which is a loop"
                )
            }
            if target.utf8.first == UInt8(ascii: "/") { current = 0 }
            pending += RootTree.components(target).reversed()
        }
        return nil
    }

    /// Takes the step to a node below the current one.
    mutating func enter(_ number: Int) { current = number }

    /// What is wrong with a path through a file.
    func notFolder(in tree: RootTree) -> ImageBuilderError {
        ImageBuilderError(
            .conflict,
            at: .item("path", RootTree.text(components)),
            "the path goes through `\(tree.path(of: current))` of \(tree.nodes[current].origin ?? "the image"), "
                + "which is no folder"
        )
    }
}

import Diagnostics

/// What a pickle describes: values in one array, which refer to each other by index, so that neither cycles nor depth
/// cost anything.
package final class PickleTree {
    /// The formats that hold such values.
    package enum Format: String, Sendable {
        case pickle
        case skops
    }

    /// The format that the values were read from.
    package let format: Format
    package private(set) var nodes: [PickleNode] = []
    package private(set) var rootIndex = 0
    /// The classes and functions that the pickle names, in the order of first appearance.
    package private(set) var globals: [PickleGlobal] = []
    private var knownGlobals: Set<PickleGlobal> = []

    init(format: Format = .pickle) { self.format = format }

    /// The value that unpickling would have returned.
    package var root: PickleValue { PickleValue(tree: self, index: rootIndex) }

    /// Adds a value; `isImplied` for a name that the file does not hold, and that its values need here.
    func append(_ node: PickleNode, isImplied: Bool = false) -> Int {
        if !isImplied, case .global(let module, let name) = node {
            let global = PickleGlobal(module: module, name: name)
            if knownGlobals.insert(global).inserted { globals.append(global) }
        }
        nodes.append(node)
        return nodes.count - 1
    }

    func replace(_ index: Int, with node: PickleNode) { nodes[index] = node }

    func finish(at root: Int) { rootIndex = root }

    /// Changes the elements of a list, set or object in place; `false` when the value has none.
    func appendItems(_ items: ArraySlice<Int>, to index: Int) -> Bool {
        switch nodes[index] {
        case .list(var list):
            nodes[index] = .none
            list.append(contentsOf: items)
            nodes[index] = .list(list)
        case .set(var set):
            nodes[index] = .none
            set.append(contentsOf: items)
            nodes[index] = .set(set)
        case .object(var object):
            nodes[index] = .none
            object.items.append(contentsOf: items)
            nodes[index] = .object(object)
        default: return false
        }
        return true
    }

    /// Changes the entries of a dictionary or object in place; `false` when the value has none.
    func setEntries(_ values: ArraySlice<Int>, of index: Int) -> Bool {
        let entries = stride(from: values.startIndex, to: values.endIndex, by: 2).map { (values[$0], values[$0 + 1]) }
        switch nodes[index] {
        case .dict(var dict):
            nodes[index] = .none
            dict.append(contentsOf: entries.map { (key: $0.0, value: $0.1) })
            nodes[index] = .dict(dict)
        case .object(var object):
            nodes[index] = .none
            object.entries.append(contentsOf: entries.map { (key: $0.0, value: $0.1) })
            nodes[index] = .object(object)
        default: return false
        }
        return true
    }
}

/// The name of a class or function in a pickle.
package struct PickleGlobal: Sendable, Hashable, CustomStringConvertible {
    package var module: String
    package var name: String

    /// A class or function of a module.
    package init(module: String, name: String) {
        self.module = module
        self.name = name
    }

    package var description: String { "\(module).\(name)" }
}

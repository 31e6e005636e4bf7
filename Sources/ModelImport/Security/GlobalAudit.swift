package import JSON
package import ModelFormats

/// The classes and functions that a saved file names, as what loading it with Python would call.
package struct GlobalAudit: Sendable {
    /// A name, and what the file does with it.
    package struct Use: Sendable, Hashable {
        package var global: PickleGlobal
        /// Whether loading would call it; otherwise it is only referred to.
        package var isCalled: Bool
        /// Whether saved models of the frameworks that are read here use it so.
        package var isKnown: Bool
    }

    /// In the order of the file.
    package var uses: [Use]
    /// Calls of something that is itself the result of a call, which no saved model makes.
    package var indirectCallCount: Int

    /// Whether nothing is called or named that models do not use.
    package var isClean: Bool { indirectCallCount == 0 && uses.allSatisfy(\.isKnown) }

    /// The audit of a file; formats that name no classes of Python give an empty one.
    package init(_ file: ModelFile) {
        if case .pickle(let tree) = file.content {
            self.init(tree)
        } else {
            self.init(uses: [], indirectCallCount: 0)
        }
    }

    private init(uses: [Use], indirectCallCount: Int) {
        self.uses = uses
        self.indirectCallCount = indirectCallCount
    }

    /// The audit of a pickle or a skops file; nothing of it is resolved or called.
    package init(_ tree: PickleTree) {
        var called: Set<PickleGlobal> = []
        var indirectCallCount = 0
        for node in tree.nodes {
            guard case .object(let object) = node else { continue }
            guard case .global(let module, let name) = tree.nodes[object.callable] else {
                indirectCallCount += 1
                continue
            }
            called.insert(PickleGlobal(module: module, name: name))
        }
        self.indirectCallCount = indirectCallCount
        uses = tree.globals.map { global in
            let isCalled = called.contains(global)
            return Use(global: global, isCalled: isCalled, isKnown: global.isKnown(asCalled: isCalled))
        }
    }

    /// A line for each name.
    package var text: String {
        var lines = uses.map { use in
            "\(use.isKnown ? "known  " : "UNKNOWN")  \(use.isCalled ? "called" : "named ")  \(use.global)"
        }
        if indirectCallCount > 0 { lines.append("UNKNOWN  called  \(indirectCallCount) results of other calls") }
        return lines.isEmpty ? "no class or function is named" : lines.joined(separator: "\n")
    }

    package var json: JSONValue {
        [
            "globals": .array(
                uses.map { use in
                    [
                        "module": .string(use.global.module), "name": .string(use.global.name),
                        "called": .bool(use.isCalled), "known": .bool(use.isKnown),
                    ]
                }
            ),
            "indirect_calls": .number(JSONNumber(indirectCallCount)),
            "clean": .bool(isClean),
        ]
    }
}

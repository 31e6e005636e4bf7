import OnnxIR

/// A value that a graph or a function defines, as far as the check knows it.
struct Definition {
    /// Who writes the value, as messages name it: ``a graph input``, ``node `a` (Abs)``.
    let writer: String
    let type: ValueType?
}

/// The values that a node sees: those of its own graph so far, and those of the graphs around it.
struct Scope {
    private struct Frame {
        var definitions: [String: Definition] = [:]
        /// Everything that some node of the graph writes, before or after.
        let written: Set<String>
    }

    private var frames: [Frame] = []
    private var reported: Set<String> = []

    /// The scope inside a graph or a function body whose nodes write `written`.
    func entering(written: Set<String>) -> Scope {
        var scope = self
        scope.frames.append(Frame(written: written))
        return scope
    }

    /// The value of this name, nearest first.
    func definition(of name: String) -> Definition? {
        for frame in frames.reversed() {
            if let definition = frame.definitions[name] { return definition }
        }
        return nil
    }

    /// The value of this name in the innermost graph.
    func ownDefinition(of name: String) -> Definition? { frames.last?.definitions[name] }

    /// Whether the innermost graph writes the name somewhere.
    func writesItself(_ name: String) -> Bool { frames.last?.written.contains(name) ?? false }

    /// Whether a node of the innermost graph or one around it writes the name, perhaps further down.
    func writes(_ name: String) -> Bool { frames.contains { $0.written.contains(name) } }

    /// Names that a node sees, for suggestions.
    var visibleNames: [String] { frames.flatMap { $0.definitions.keys }.sorted() }

    mutating func define(_ name: String, _ definition: Definition) {
        guard !frames.isEmpty else { return }
        frames[frames.count - 1].definitions[name] = definition
    }

    /// Whether a missing value of this name is met for the first time.
    mutating func isFirstMiss(of name: String) -> Bool { reported.insert(name).inserted }
}

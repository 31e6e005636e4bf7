import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Texts in a graph: string, `[batch]`.
struct Documents {
    let graph: ModelGraph
    let value: String

    init(_ input: Table) throws(ModelImportError) {
        graph = input.graph
        value = try input.strings().vector().value
    }

    private init(graph: ModelGraph, value: String) {
        self.graph = graph
        self.value = value
    }

    /// The matches of a pattern in each text, or its characters: string, `[batch, parts]`, with the empty string behind
    /// the last part of each.
    func parts(_ expression: String?) throws(ModelImportError) -> String {
        let mode =
            expression.map { Attribute("tokenexp", .string(Array($0.utf8))) } ?? Attribute("separators", .strings([""]))
        let parts = graph.builder.node(
            "Tokenizer",
            domain: .microsoft,
            [value],
            [
                mode, Attribute("mark", .int(0)), Attribute("mincharnum", .int(1)),
                Attribute("pad_value", .string([])),
            ]
        )
        // Texts without parts give no column, and no operator further on has to know what to do then.
        return graph.builder.node("Concat", [parts, try blankColumn()], [Attribute("axis", .int(1))])
    }

    /// Empty strings: `[batch, 1]`.
    private func blankColumn() throws(ModelImportError) -> String {
        let batch = graph.builder.node("Shape", [value])
        let shape = graph.builder.node("Concat", [batch, try graph.integers([1], name: "one")], [.firstAxis])
        return graph.builder.node("Expand", [try graph.texts([""], name: "blank"), shape])
    }

    /// The texts with each character replaced by what a table says.
    func mapped(_ table: CharacterTable) throws(ModelImportError) -> Documents {
        guard table.isLowered || table.accents != nil else { return self }
        return try graph.scoped("characters") { () throws(ModelImportError) in
            let characters = try parts(nil)
            let changed = try table.dropsOthers ? kept(characters, table) : replaced(characters, table)
            let joined = try graph.joined(changed, blank: try blankColumn())
            let value = graph.builder.node("Reshape", [joined, try graph.integers([-1], name: "shape")])
            return Documents(graph: graph, value: value)
        }
    }

    private func kept(_ characters: String, _ table: CharacterTable) throws(ModelImportError) -> String {
        graph.builder.node(
            "LabelEncoder",
            domain: .onnxML,
            [characters],
            [
                Attribute("default_string", .string([])),
                Attribute("keys_strings", .strings(table.changes.map { String($0.character) })),
                Attribute("values_strings", .strings(table.changes.map(\.text))),
            ]
        )
    }

    private func replaced(_ characters: String, _ table: CharacterTable) throws(ModelImportError) -> String {
        let places = graph.builder.node(
            "LabelEncoder",
            domain: .onnxML,
            [characters],
            [
                Attribute("default_int64", .int(0)),
                Attribute("keys_strings", .strings(table.changes.map { String($0.character) })),
                Attribute("values_int64s", .ints(table.changes.indices.map { Int64($0 + 1) })),
            ]
        )
        let texts = try graph.texts([""] + table.changes.map(\.text), name: "texts")
        let others = graph.builder.node("Gather", [texts, places])
        let isChanged = graph.builder.node("Greater", [places, try graph.integer(0)])
        let changed = graph.builder.node("Where", [isChanged, others, characters])
        guard table.isLowered,
            let sigma = table.changes.firstIndex(where: { $0.character == CharacterTable.sigma })
        else { return changed }
        let isSigma = graph.builder.node("Equal", [places, try graph.integer(sigma + 1)])
        return try graph.withFinalSigma(changed, of: characters, isSigma)
    }

    /// A constant of the batch's size, and what is left, as a shape for rows of several parts of a text each.
    func rows() throws(ModelImportError) -> String {
        let batch = graph.builder.node("Shape", [value])
        return graph.builder.node("Concat", [batch, try graph.integers([-1], name: "rest")], [.firstAxis])
    }

    /// Texts from a matrix of them, row by row.
    static func flattened(_ matrix: String, in graph: ModelGraph) throws(ModelImportError) -> Documents {
        Documents(
            graph: graph,
            value: graph.builder.node("Reshape", [matrix, try graph.integers([-1], name: "shape")])
        )
    }
}

extension ModelGraph {
    /// The texts of each row in one: `[rows, parts] → [rows, 1]`, neighbour with neighbour until one is left.
    fileprivate func joined(_ parts: String, blank: String) throws(ModelImportError) -> String {
        let loop = builder.beginLoop([.tensor(.string, [.unknown, .unknown])])
        // With a column behind an odd number of them, each has a neighbour; behind an even one it stays alone.
        let padded = builder.node("Concat", loop.state + [blank], [.secondAxis])
        let pairs = try builder.node(
            "StringConcat",
            [columns(of: padded, from: 0, to: -1, step: 2), columns(of: padded, from: 1, step: 2)]
        )
        let width = builder.node("Squeeze", [try self.width(of: pairs)])
        let goesOn = builder.node("Greater", [width, try integer(1)])
        return try importing { () throws(TensorError) in
            try builder.endLoop(loop, start: [parts], limit: nil, state: [pairs], goesOn: goesOn)[0]
        }
    }
}

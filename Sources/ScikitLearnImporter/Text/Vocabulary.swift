import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR

/// The terms that a vectorizer counts, in the order of the columns.
struct Vocabulary {
    let terms: [String]

    /// *Source*: `vocabulary_`, a dictionary of places; `vocabulary` of an estimator that was not fitted.
    init(_ object: EstimatorObject) throws(ModelImportError) {
        let name = object.value["vocabulary_"] == nil ? "vocabulary" : "vocabulary_"
        guard let value = object.value[name], !value.isNone else {
            throw ModelImportError(.malformed, "`vocabulary_` is missing, expected a dictionary")
        }
        // An array is an object too, with entries that there are none of.
        if let entries = value.entries, value.isDictionary || !entries.isEmpty {
            terms = try Self.placed(entries, name)
        } else {
            terms = try Self.listed(value, name)
        }
        guard !terms.isEmpty else {
            throw ModelImportError(.malformed, "`\(name)` is empty, expected one term or more")
        }
    }

    private static func placed(
        _ entries: [(key: PickleValue, value: PickleValue)],
        _ name: String
    ) throws(ModelImportError) -> [String] {
        var terms = [String?](repeating: nil, count: entries.count)
        for (key, value) in entries {
            guard let term = key.string else {
                throw ModelImportError(.malformed, "`\(name)` has a key of another type, expected a text")
            }
            guard let place = value.int else {
                throw ModelImportError(
                    .malformed,
                    "`\(name)` gives `\(term)` a place of another type, expected an integer"
                )
            }
            guard terms.indices.contains(place) else {
                throw ModelImportError(
                    .malformed,
                    "`\(name)` gives `\(term)` the place \(place), expected one of 0..<\(entries.count)"
                )
            }
            if let other = terms[place] {
                throw ModelImportError(
                    .malformed,
                    "`\(name)` gives `\(term)` the place \(place), expected another than that of `\(other)`"
                )
            }
            terms[place] = term
        }
        return terms.compactMap(\.self)
    }

    private static func listed(_ value: PickleValue, _ name: String) throws(ModelImportError) -> [String] {
        guard let texts = try importing({ () throws(ModelFormatError) in try value.texts() }) else {
            throw ModelImportError(.malformed, "`\(name)` is of another type, expected a dictionary or texts")
        }
        var seen: Set<[UInt8]> = []
        if let term = texts.first(where: { !seen.insert(Array($0.utf8)).inserted }) {
            throw ModelImportError(.malformed, "`\(name)` holds `\(term)` twice, expected texts that differ")
        }
        guard case .set = value.node else { return texts }
        return texts.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// How often each of the terms stands in each text: float, `[batch, terms]`.
    func counts(in terms: Terms, _ analyzer: TextAnalyzer) throws(ModelImportError) -> Matrix {
        var pools: [[(parts: [String], column: Int)]] = []
        for (column, term) in self.terms.enumerated() {
            guard let parts = analyzer.parts(of: term) else { continue }
            while pools.count < parts.count { pools.append([]) }
            pools[parts.count - 1].append((parts, column))
        }
        let columns = pools.flatMap(\.self).map(\.column)
        guard let last = columns.max() else { return try zeros(terms) }
        var starts: [Int64] = []
        var pool: [String] = []
        for ngrams in pools {
            starts.append(Int64(pool.count))
            for ngram in ngrams { pool += ngram.parts }
        }
        let graph = terms.graph
        var value = graph.builder.node(
            "TfIdfVectorizer",
            [terms.rows()],
            [
                Attribute("max_gram_length", .int(Int64(pools.count))), Attribute("max_skip_count", .int(0)),
                Attribute("min_gram_length", .int(1)), Attribute("mode", .string("TF")),
                Attribute("ngram_counts", .ints(starts)),
                Attribute("ngram_indexes", .ints(columns.map { Int64($0) })),
                Attribute("pool_strings", .strings(pool)),
            ]
        )
        // The operator ends with the last column that it counts.
        if last < self.terms.count - 1 {
            let pads = try graph.integers([0, 0, 0, self.terms.count - 1 - last], name: "pads")
            value = graph.builder.node("Pad", [value, pads])
        }
        return Matrix(graph: graph, value: value, elementType: .float, columnCount: self.terms.count)
    }

    /// What a vocabulary counts whose terms the analyzer never makes.
    private func zeros(_ terms: Terms) throws(ModelImportError) -> Matrix {
        let graph = terms.graph
        let rows = try graph.builder.node(
            "Slice",
            [
                graph.builder.node("Shape", [terms.rows()]), graph.integers([0], name: "start"),
                graph.integers([1], name: "end"),
            ]
        )
        let zero = try graph.constant([0], .float, name: "zero").value
        let columns = try graph.integers([self.terms.count], name: "columns")
        let shape = graph.builder.node("Concat", [rows, columns], [.firstAxis])
        return Matrix(
            graph: graph,
            value: graph.builder.node("Expand", [zero, shape]),
            elementType: .float,
            columnCount: self.terms.count
        )
    }
}

extension PickleValue {
    fileprivate var isDictionary: Bool {
        guard case .dict = node else { return false }
        return true
    }
}

extension TextAnalyzer {
    /// The terms that an n-gram is made of; `nil` for a text that the analyzer never makes.
    fileprivate func parts(of ngram: String) -> [String]? {
        switch unit {
        case .word(let pattern):
            if pattern.mayHoldSpaces { return ngram.isEmpty ? nil : [ngram] }
            let parts = ngram.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            return lengths.contains(parts.count) && !parts.contains("") ? parts : nil
        case .character:
            let parts = ngram.unicodeScalars.map { String($0) }
            return lengths.contains(parts.count) ? parts : nil
        case .characterInWords:
            let parts = ngram.unicodeScalars.map { String($0) }
            // A word that is shorter than all n-grams counts as a whole.
            let isWord = parts.count >= 3 && parts.first == " " && parts.last == " "
            return lengths.contains(parts.count) || (isWord && parts.count < lengths.lowerBound) ? parts : nil
        }
    }
}

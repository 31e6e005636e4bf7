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
        let fitted = object.value["vocabulary_"]
        guard let value = fitted ?? object.value["vocabulary"], !value.isNone else {
            throw ModelImportError(.malformed, "`vocabulary_` is missing, expected a dictionary")
        }
        guard let entries = value.entries, !entries.isEmpty else {
            terms = try Self.listed(value)
            return
        }
        var terms = [String?](repeating: nil, count: entries.count)
        for (key, place) in entries {
            guard let term = key.string, let place = place.int, terms.indices.contains(place), terms[place] == nil
            else {
                throw ModelImportError(
                    .malformed,
                    "`vocabulary_` holds something else than texts with the places 0..<\(entries.count)"
                )
            }
            terms[place] = term
        }
        self.terms = terms.compactMap(\.self)
    }

    private static func listed(_ value: PickleValue) throws(ModelImportError) -> [String] {
        let texts = try importing { () throws(ModelFormatError) in try value.texts() }
        guard let texts, !texts.isEmpty, Set(texts.map { Array($0.utf8) }).count == texts.count else {
            throw ModelImportError(.malformed, "`vocabulary` is of another type, expected texts that differ")
        }
        guard case .set = value.node else { return texts }
        return texts.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// A text that is no term of any analyzer: a term of characters has one, and one of words no space.
    private static let noTerm = "  "

    /// How often each of the terms stands in each text: float, `[batch, terms]`.
    func counts(in terms: Terms, _ analyzer: TextAnalyzer) throws(ModelImportError) -> Matrix {
        var pools: [[(parts: [String], column: Int)]] = []
        for (column, term) in self.terms.enumerated() {
            guard let parts = analyzer.parts(of: term) else { continue }
            while pools.count < parts.count { pools.append([]) }
            pools[parts.count - 1].append((parts, column))
        }
        // Every column is one of the output, also those that nothing leads to.
        if pools.flatMap(\.self).map(\.column).max() ?? -1 < self.terms.count - 1 {
            if pools.isEmpty { pools.append([]) }
            pools[0].append(([Self.noTerm], self.terms.count - 1))
        }
        var starts: [Int64] = []
        var pool: [String] = []
        for ngrams in pools {
            starts.append(Int64(pool.count))
            for ngram in ngrams { pool += ngram.parts }
        }
        let value = terms.graph.builder.node(
            "TfIdfVectorizer",
            [terms.rows()],
            [
                Attribute("max_gram_length", .int(Int64(pools.count))), Attribute("max_skip_count", .int(0)),
                Attribute("min_gram_length", .int(1)), Attribute("mode", .string("TF")),
                Attribute("ngram_counts", .ints(starts)),
                Attribute("ngram_indexes", .ints(pools.flatMap(\.self).map { Int64($0.column) })),
                Attribute("pool_strings", .strings(pool)),
            ]
        )
        return Matrix(graph: terms.graph, value: value, elementType: .float, columnCount: self.terms.count)
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

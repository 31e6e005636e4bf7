import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR

/// How a vectorizer of text makes terms out of a text, and n-grams of terms.
///
/// *Source*: scikit-learn 0.24 to 1.9, `analyzer`, `lowercase`, `ngram_range`, `stop_words`, `strip_accents`,
/// `token_pattern`; functions as `analyzer`, `preprocessor` and `tokenizer` are code and cannot be read.
struct TextAnalyzer {
    enum Unit {
        case word(TokenPattern)
        case character
        /// Characters of words, with a space before and behind each word.
        case characterInWords
    }

    let unit: Unit
    let lengths: ClosedRange<Int>
    private let isLowered: Bool
    private let accents: CharacterTable.Accents?
    private let stopWords: [String]

    /// The longest n-grams.
    private static let longest = 100

    init(_ object: EstimatorObject) throws(ModelImportError) {
        for name in ["preprocessor", "tokenizer"] {
            try object.refuse(!(object.value[name]?.isNone ?? true), "a function as `\(name)`")
        }
        try object.refuse(
            object.value["input"].map { $0.string != "content" } ?? false,
            "`input` other than `content`"
        )
        guard let range = object.value["ngram_range"]?.elements?.compactMap(\.int), range.count == 2 else {
            throw ModelImportError(.malformed, "`ngram_range` is missing, expected two integers")
        }
        guard range[0] >= 1, range[0] <= range[1], range[1] <= Self.longest else {
            throw ModelImportError(
                .unsupported,
                "`ngram_range` is \(range[0]) to \(range[1]), expected some of 1 to \(Self.longest)"
            )
        }
        lengths = range[0]...range[1]
        isLowered = object.flag("lowercase", fallback: true)
        accents = try Self.accents(object)
        switch object.value["analyzer"]?.string {
        case "word":
            unit = .word(try TokenPattern(try object.string("token_pattern")))
            stopWords = try Self.stopWords(object)
        case "char": (unit, stopWords) = (.character, [])
        case "char_wb": (unit, stopWords) = (.characterInWords, [])
        default: throw ModelImportError(.unsupported, "a function as `analyzer` is not supported")
        }
        if case .word(let pattern) = unit {
            try object.refuse(pattern.mayHoldSpaces && lengths.upperBound > 1, "an n-gram of tokens that hold spaces")
        }
    }

    private static func accents(_ object: EstimatorObject) throws(ModelImportError) -> CharacterTable.Accents? {
        guard let value = object.value["strip_accents"], !value.isNone else { return nil }
        guard let accents = value.string.flatMap(CharacterTable.Accents.init(rawValue:)) else {
            throw ModelImportError(.unsupported, "a function as `strip_accents` is not supported")
        }
        return accents
    }

    private static func stopWords(_ object: EstimatorObject) throws(ModelImportError) -> [String] {
        guard let value = object.value["stop_words"], !value.isNone else { return [] }
        if let name = value.string {
            guard name == "english" else {
                throw ModelImportError(.malformed, "`stop_words` is `\(name)`, expected `english` or a list")
            }
            return englishStopWords
        }
        let elements = value.elements ?? value.arguments?.first?.elements
        let words = elements?.compactMap(\.string)
        guard let elements, let words, words.count == elements.count else {
            throw ModelImportError(.malformed, "`stop_words` is of another type, expected a list of texts")
        }
        var seen: Set<[UInt8]> = []
        return words.filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// Whether an n-gram of several terms counts, so that a term that is left out brings its neighbours together.
    private var spansSeveral: Bool { lengths.upperBound > 1 }

    var separator: String {
        if case .word = unit { " " } else { "" }
    }

    func terms(of input: Table) throws(ModelImportError) -> Terms {
        let documents = try Documents(input).mapped(CharacterTable.of(isLowered: isLowered, accents: accents))
        return try input.graph.scoped("terms") { () throws(ModelImportError) in
            switch unit {
            case .word(let pattern): try words(documents, pattern)
            case .character: try characters(documents)
            case .characterInWords: try charactersInWords(documents)
            }
        }
    }

    private func words(_ documents: Documents, _ pattern: TokenPattern) throws(ModelImportError) -> Terms {
        let graph = documents.graph
        var terms = Terms(graph: graph, value: try documents.parts(pattern.expression), documentRows: nil)
        if let filter = pattern.filter {
            terms = try terms.filtered(graph.matches(terms.value, filter), spansSeveral: spansSeveral)
        }
        guard !stopWords.isEmpty else { return terms }
        let isStopped = graph.builder.node(
            "LabelEncoder",
            domain: .onnxML,
            [terms.value],
            [
                .init("default_int64", .int(0)), .init("keys_strings", .strings(stopWords)),
                .init("values_int64s", .ints(stopWords.map { _ in 1 })),
            ]
        )
        let isKept = graph.builder.node("Equal", [isStopped, try graph.integer(0)])
        return try terms.filtered(isKept, spansSeveral: spansSeveral)
    }

    /// *Source*: runs of two or more spaces count as one, a single one as itself.
    private func characters(_ documents: Documents) throws(ModelImportError) -> Terms {
        let graph = documents.graph
        let runs = "\(CharacterClass.space.expression){2,}"
        let parts = try documents.parts("\(runs)|(?s:.)")
        let space = try graph.texts([" "], name: "space")
        let value = graph.builder.node("Where", [graph.matches(parts, runs), space, parts])
        return Terms(graph: graph, value: value, documentRows: nil)
    }

    private func charactersInWords(_ documents: Documents) throws(ModelImportError) -> Terms {
        let graph = documents.graph
        let words = try documents.parts("\(CharacterClass.space.inverted.expression)+")
        let space = try graph.texts([" "], name: "space")
        let blank = try graph.texts([""], name: "blank")
        let wide = graph.builder.node("StringConcat", [graph.builder.node("StringConcat", [space, words]), space])
        let padded = graph.builder.node("Where", [graph.matches(words, "(?s).+"), wide, blank])
        let each = try Documents.flattened(padded, in: graph)
        var terms = Terms(graph: graph, value: try each.parts(nil), documentRows: try documents.rows())
        // A letter has three characters with its spaces, and is no shorter than n-grams of three.
        if lengths.lowerBound > 3 {
            let isShort = graph.matches(each.value, "(?s).{1,\(lengths.lowerBound - 1)}")
            let short = graph.builder.node("Where", [isShort, each.value, blank])
            terms.short = graph.builder.node("Reshape", [short, try graph.integers([-1, 1], name: "shape")])
        }
        return terms
    }
}

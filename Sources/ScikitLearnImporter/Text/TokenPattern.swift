import Diagnostics
import ModelImport

/// A `token_pattern` as RE2, which knows neither Unicode's boundaries of words nor what stands around a match.
struct TokenPattern {
    /// What `Tokenizer` looks for, whose matches are the longest ones.
    let expression: String
    /// What a match must be as a whole to be a token; `nil` where each is one.
    let filter: String?
    /// Whether a space may stand in a token.
    let mayHoldSpaces: Bool

    /// The tokens that `re.findall` gives in Python.
    ///
    /// *Throws*: `unsupported` for a pattern whose matches RE2 cannot find exactly.
    init(_ text: String) throws(ModelImportError) {
        let pattern = try TextPatternParser.pattern(text)
        guard pattern.rangeCount <= TextPattern.rangeLimit else {
            throw Self.refusal(text, "repetitions of too many characters")
        }
        var parts = Self.withoutOuterGroup(pattern)
        let startsWord = parts.first == .boundary
        if startsWord { parts.removeFirst() }
        let endsWord = parts.last == .boundary
        if endsWord { parts.removeLast() }
        let body = TextPattern.sequence(parts)
        guard !body.hasBoundary else { throw Self.refusal(text, "boundaries inside of it") }
        guard body.groupCount == 0 else { throw Self.refusal(text, "a group that is a part of it") }
        guard !body.isNullable else { throw Self.refusal(text, "matches of nothing") }
        mayHoldSpaces = body.classes.contains { $0.set.contains(" ") }
        if let (expression, filter) = Self.withinWords(body, startsWord, endsWord) {
            (self.expression, self.filter) = (expression, filter)
            return
        }
        guard body.isDeterministic else { throw Self.refusal(text, "choices") }
        filter = nil
        if !startsWord, !endsWord {
            expression = body.expression
            return
        }
        guard let expression = Self.acrossWords(parts, startsWord, endsWord) else {
            throw Self.refusal(text, "such boundaries")
        }
        self.expression = expression
    }

    static func refusal(_ pattern: String, _ what: String) -> ModelImportError {
        ModelImportError(.unsupported, "the `token_pattern` `\(shown(pattern))` with \(what) is not supported")
    }

    /// The start of a pattern, for a message.
    static func shown(_ pattern: String) -> String {
        let longest = 60
        return pattern.count > longest ? pattern.prefix(longest) + "…" : pattern
    }

    /// The parts of a pattern; a group around all of it but the boundaries says nothing.
    private static func withoutOuterGroup(_ pattern: TextPattern) -> [TextPattern] {
        guard case .sequence(let parts) = pattern else { return inner(of: pattern) }
        let isOuter = parts.filter { $0 != .boundary }.count == 1
        return isOuter ? parts.flatMap(inner) : parts
    }

    private static func inner(of pattern: TextPattern) -> [TextPattern] {
        switch pattern {
        case .group(let inner): flat(inner)
        case .sequence(let parts) where parts.count == 1: inner(of: parts[0])
        default: flat(pattern)
        }
    }

    private static func flat(_ pattern: TextPattern) -> [TextPattern] {
        guard case .sequence(let parts) = pattern else { return [pattern] }
        return parts
    }

    /// Tokens of nothing but `\w`, from boundary to boundary: these are whole words.
    private static func withinWords(
        _ body: TextPattern,
        _ startsWord: Bool,
        _ endsWord: Bool
    ) -> (expression: String, filter: String?)? {
        let word = CharacterClass.word
        if let least = leastLength(ofWords: body) {
            return (TextPattern.repeated(.characters(word), least: least, most: nil).expression, nil)
        }
        guard startsWord, endsWord, body.classes.allSatisfy({ $0.set.isSubset(of: word.set) }) else { return nil }
        return ("\(word.expression)+", body.expression)
    }

    /// For a pattern of any word of so many characters or more, their number.
    private static func leastLength(ofWords body: TextPattern) -> Int? {
        var (least, isOpen) = (0, false)
        for part in body.parts {
            switch part {
            case .characters(.word): least += 1
            case .repeated(.characters(.word), let count, nil):
                least += count
                isOpen = true
            default: return nil
            }
        }
        return isOpen && (1...TextPattern.repetitionLimit).contains(least) ? least : nil
    }

    /// Tokens of `\w` and more, one class after the other.
    ///
    /// The last one has all of `\w` and no end, so that no match ends within a word, and each of the first ones all of
    /// the class before it up to one without end, so that a match that starts within a word starts at its start as well.
    /// Then a boundary at the start says nothing, and one at the end that the last character is one of a word.
    private static func acrossWords(_ parts: [TextPattern], _ startsWord: Bool, _ endsWord: Bool) -> String? {
        var runs: [(characters: CharacterClass, least: Int, isOpen: Bool)] = []
        for part in parts {
            switch part {
            case .characters(let characters): runs.append((characters, 1, false))
            case .repeated(.characters(let characters), let least, let most):
                guard most == nil else { return nil }
                runs.append((characters, least, true))
            default: return nil
            }
        }
        let word = CharacterClass.word
        guard let last = runs.last, last.isOpen, word.set.isSubset(of: last.characters.set) else { return nil }
        if startsWord {
            guard runs[0].characters == word, runs[0].least > 0, let open = runs.firstIndex(where: \.isOpen) else {
                return nil
            }
            for (run, after) in zip(runs[...open], runs[...open].dropFirst())
            where !run.characters.set.isSubset(of: after.characters.set) { return nil }
        }
        guard endsWord else { return TextPattern.sequence(parts).expression }
        let others = TextPattern.repeated(.characters(last.characters), least: max(0, last.least - 1), most: nil)
        var end = TextPattern.sequence([others, .characters(word)])
        if last.least == 0 {
            // What is before it ends with a character of a word by itself, or there is no boundary.
            guard let before = runs.dropLast().last, before.least > 0, before.characters.set.isSubset(of: word.set)
            else {
                return nil
            }
            end = .repeated(end, least: 0, most: 1)
        }
        return TextPattern.sequence(parts.dropLast() + [end]).expression
    }
}

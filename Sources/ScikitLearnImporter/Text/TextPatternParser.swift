import Diagnostics
import ModelImport

/// Reads a regular expression of Python's `re` for text, whose classes are those of Unicode.
///
/// *Source*: <https://docs.python.org/3/library/re.html#regular-expression-syntax>.
struct TextPatternParser {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    static let longestPattern = 1024
    private static let depthLimit = 16
    static func pattern(_ text: String) throws(ModelImportError) -> TextPattern {
        var parser = TextPatternParser(text)
        guard parser.scalars.count <= longestPattern else {
            throw parser.refusal("more than \(longestPattern) characters")
        }
        if parser.scalars.starts(with: "(?u)".unicodeScalars) { parser.place = 4 }
        let pattern = try parser.choice()
        guard parser.next == nil else { throw parser.malformed(expected: "its end") }
        return pattern
    }

    private init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        place += 1
        return true
    }

    private mutating func taken(_ expected: String) throws(ModelImportError) -> Unicode.Scalar {
        guard let scalar = next else { throw malformed(expected: expected) }
        place += 1
        return scalar
    }

    private func refusal(_ what: String) -> ModelImportError {
        TokenPattern.refusal(text, what)
    }

    /// What is wrong where the parser stands, or where it stood at `place`.
    private func malformed(expected: String, at place: Int? = nil) -> ModelImportError {
        let place = place ?? self.place
        let got = place < scalars.count ? "`\(scalars[place])`" : "its end"
        let shown = TokenPattern.shown(text)
        return ModelImportError(
            .malformed,
            "character \(place) of the `token_pattern` `\(shown)` is wrong, expected \(expected), got \(got)"
        )
    }

    private mutating func choice() throws(ModelImportError) -> TextPattern {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw refusal("more than \(Self.depthLimit) groups in one another") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(ModelImportError) -> TextPattern {
        var parts: [TextPattern] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repeated(try atom())) }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func atom() throws(ModelImportError) -> TextPattern {
        let scalar = try taken("a character")
        switch scalar {
        case "(": return try group()
        case "[": return .characters(try brackets())
        case ".": return .characters(CharacterClass.newline.inverted)
        case "\\":
            if take("b") { return .boundary }
            return .characters(try escaped())
        case "^", "$": throw refusal("`\(scalar)`")
        case "*", "+", "?": throw malformed(expected: "something to repeat", at: place - 1)
        case "{": throw refusal("a brace that stands for itself")
        default: return .characters(CharacterClass(scalar))
        }
    }

    private mutating func group() throws(ModelImportError) -> TextPattern {
        var isCapturing = true
        if take("?") {
            if take(":") {
                isCapturing = false
            } else if take("P"), take("<") {
                while try taken("`>`") != ">" {}
            } else {
                throw refusal("lookarounds, references or flags")
            }
        }
        let inner = try choice()
        guard take(")") else { throw malformed(expected: "`)`") }
        return isCapturing ? .group(inner) : inner
    }

    private mutating func repeated(_ atom: TextPattern) throws(ModelImportError) -> TextPattern {
        var (least, most): (Int, Int?) = (1, 1)
        switch next {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{": (least, most) = try counts()
        default: return atom
        }
        place += 1
        if let after = next, after == "?" || after == "+" || after == "*" {
            throw refusal("quantifiers that are lazy or possessive")
        }
        if case .boundary = atom { throw refusal("a boundary that is repeated") }
        let result = TextPattern.repeated(atom, least: least, most: most)
        guard result.repetitionCount <= TextPattern.repetitionLimit else {
            throw refusal("more than \(TextPattern.repetitionLimit) repetitions")
        }
        return result
    }

    /// The counts in the braces that open here; the closing one stays unread.
    ///
    /// *Throws*: `unsupported` for braces that stand for themselves, as those with anything but counts do in Python.
    private mutating func counts() throws(ModelImportError) -> (least: Int, most: Int?) {
        guard let end = scalars[place...].firstIndex(of: "}") else {
            throw refusal("a brace that stands for itself")
        }
        let parts = scalars[(place + 1)..<end].split(separator: ",", omittingEmptySubsequences: false)
        let isLiteral = parts.count > 2 || parts == [[]] || parts.contains { !$0.allSatisfy(Self.isDigit) }
        guard !isLiteral else { throw refusal("a brace that stands for itself") }
        let least = parts[0].isEmpty ? 0 : count(parts[0])
        let most = parts.count == 1 ? least : parts[1].isEmpty ? nil : count(parts[1])
        if let most {
            guard least <= most else {
                throw malformed(expected: "a count of \(least) or more", at: parts[1].startIndex)
            }
            guard most > 0 else { throw refusal("something that is repeated 0 times") }
        }
        place = end
        return (least, most)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// The number that digits stand for; one that is too large for RE2 is some number that is.
    private func count(_ digits: ArraySlice<Unicode.Scalar>) -> Int {
        digits.reduce(0) { min($0 * 10 + Int($1.value - 0x30), TextPattern.repetitionLimit + 1) }
    }

    /// The class behind an opening bracket.
    private mutating func brackets() throws(ModelImportError) -> CharacterClass {
        let isNegated = take("^")
        var result: CharacterClass?
        while true {
            let scalar = try taken("`]`")
            if scalar == "]", result != nil { break }
            // To Python it is a bracket and a colon, to RE2 the start of a named class.
            if scalar == "[", next == ":" { throw refusal("`[:` in brackets") }
            var (part, start) = (CharacterClass(scalar), Unicode.Scalar?(scalar))
            if scalar == "\\" {
                part = take("b") ? CharacterClass("\u{8}") : try escaped()
                start = single(part)
            }
            if next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
                guard let start else { throw malformed(expected: "`]`, because a class starts no range") }
                place += 1
                let endPlace = place
                let last = try taken("`]`")
                let end = last == "\\" ? single(try escaped()) : last
                guard let end, start.value <= end.value else {
                    throw malformed(expected: "a character from `\(start)` on, where a range ends", at: endPlace)
                }
                part = CharacterClass(CodePointSet([start.value...end.value]))
            }
            result = result?.union(part) ?? part
        }
        guard let result else { throw malformed(expected: "a character") }
        return isNegated ? result.inverted : result
    }

    private func single(_ characters: CharacterClass) -> Unicode.Scalar? {
        let ranges = characters.set.ranges
        return ranges.count == 1 && ranges[0].count == 1 ? Unicode.Scalar(ranges[0].lowerBound) : nil
    }

    /// The class that a letter behind a backslash stands for.
    private mutating func escaped() throws(ModelImportError) -> CharacterClass {
        let scalar = try taken("a character behind `\\`")
        switch scalar {
        case "w": return .word
        case "W": return CharacterClass.word.inverted
        case "d": return .digit
        case "D": return CharacterClass.digit.inverted
        case "s": return .space
        case "S": return CharacterClass.space.inverted
        case "t": return CharacterClass("\t")
        case "n": return CharacterClass("\n")
        case "r": return CharacterClass("\r")
        case "f": return CharacterClass("\u{c}")
        case "v": return CharacterClass("\u{b}")
        case "a": return CharacterClass("\u{7}")
        case "x": return try numbered(2)
        case "u": return try numbered(4)
        case "U": return try numbered(8)
        case "0"..."9", "A"..."Z", "a"..."z": throw refusal("`\\\(scalar)`")
        default: return CharacterClass(scalar)
        }
    }

    /// The character whose code point so many hexadecimal digits give.
    private mutating func numbered(_ count: Int) throws(ModelImportError) -> CharacterClass {
        var value: UInt64 = 0
        for _ in 0..<count {
            guard let next, next.isASCII, let digit = Character(next).hexDigitValue else {
                throw malformed(expected: "one of \(count) hexadecimal digits")
            }
            value = value << 4 | UInt64(digit)
            place += 1
        }
        guard value <= CodePointSet.last else {
            throw malformed(expected: "a code point up to `10ffff`", at: place - count)
        }
        guard let scalar = Unicode.Scalar(UInt32(value)) else { throw refusal("half of a surrogate pair") }
        return CharacterClass(scalar)
    }
}

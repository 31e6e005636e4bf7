import Diagnostics
import ModelImport

/// Reads a regular expression of Python's `re` for text, whose classes are those of Unicode.
///
/// *Source*: <https://docs.python.org/3/library/re.html#regular-expression-syntax>.
struct TextPatternParser {
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    static let longestPattern = 1024
    private static let depthLimit = 16
    /// The most repetitions that RE2 counts.
    private static let repetitionLimit = 1000

    static func pattern(_ text: String) throws(ModelImportError) -> TextPattern {
        var parser = TextPatternParser(text)
        guard parser.scalars.count <= longestPattern else { throw parser.refusal("its length") }
        if parser.scalars.starts(with: "(?u)".unicodeScalars) { parser.place = 4 }
        let pattern = try parser.choice()
        guard parser.place == parser.scalars.count else { throw parser.malformed }
        return pattern
    }

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        place += 1
        return true
    }

    private mutating func taken() throws(ModelImportError) -> Unicode.Scalar {
        guard let scalar = next else { throw malformed }
        place += 1
        return scalar
    }

    private func refusal(_ what: String) -> ModelImportError {
        ModelImportError(.unsupported, "a `token_pattern` with \(what) is not supported")
    }

    private var malformed: ModelImportError {
        ModelImportError(.malformed, "`token_pattern` is no regular expression from character \(place) on")
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
        let scalar = try taken()
        switch scalar {
        case "(": return try group()
        case "[": return .characters(try brackets())
        case ".": return .characters(CharacterClass.newline.inverted)
        case "\\":
            if take("b") { return .boundary }
            return .characters(try escaped())
        case "^", "$": throw refusal("`\(scalar)`")
        case "*", "+", "?": throw malformed
        default: return .characters(CharacterClass(scalar))
        }
    }

    private mutating func group() throws(ModelImportError) -> TextPattern {
        var isCapturing = true
        if take("?") {
            if take(":") {
                isCapturing = false
            } else if take("P"), take("<") {
                while try taken() != ">" {}
            } else {
                throw refusal("lookarounds, references or flags")
            }
        }
        let inner = try choice()
        guard take(")") else { throw malformed }
        return isCapturing ? .group(inner) : inner
    }

    private mutating func repeated(_ atom: TextPattern) throws(ModelImportError) -> TextPattern {
        var (least, most): (Int, Int?) = (1, 1)
        switch next {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{":
            guard let counts = try counts() else { return atom }
            (least, most) = counts
            place -= 1
        default: return atom
        }
        place += 1
        if let after = next, after == "?" || after == "+" || after == "*" {
            throw refusal("quantifiers that are lazy or possessive")
        }
        if case .boundary = atom { throw refusal("a boundary that is repeated") }
        return .repeated(atom, least: least, most: most)
    }

    /// The counts in braces; `nil` where the brace stands for itself, which stays unread then.
    private mutating func counts() throws(ModelImportError) -> (Int, Int?)? {
        guard let end = scalars[place...].firstIndex(of: "}") else { throw refusal("an open brace") }
        let text = String(String.UnicodeScalarView(scalars[(place + 1)..<end]))
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let least = parts[0].isEmpty && parts.count == 2 ? 0 : Int(parts[0])
        let most = parts.count == 1 ? least : parts[1].isEmpty ? nil : Int(parts[1])
        let isOpen = parts.count == 2 && parts[1].isEmpty
        guard parts.count <= 2, let least, (0...Self.repetitionLimit).contains(least), isOpen || most != nil,
            most.map({ (max(1, least)...Self.repetitionLimit).contains($0) }) ?? true
        else { throw refusal("`{\(text)}`") }
        place = end + 1
        return (least, most)
    }

    /// The class behind an opening bracket.
    private mutating func brackets() throws(ModelImportError) -> CharacterClass {
        let isNegated = take("^")
        var result: CharacterClass?
        while true {
            let scalar = try taken()
            if scalar == "]", result != nil { break }
            if scalar == "[", next == ":" { throw malformed }
            var (part, start) = (CharacterClass(scalar), Unicode.Scalar?(scalar))
            if scalar == "\\" {
                part = take("b") ? CharacterClass("\u{8}") : try escaped()
                start = part.set.ranges.count == 1 ? single(part) : nil
            }
            if next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
                guard let start else { throw malformed }
                place += 1
                let last = try taken()
                let end = last == "\\" ? single(try escaped()) : last
                guard let end, start.value <= end.value else { throw malformed }
                part = CharacterClass(CodePointSet([start.value...end.value]))
            }
            result = result?.union(part) ?? part
        }
        guard let result else { throw malformed }
        return isNegated ? result.inverted : result
    }

    private func single(_ characters: CharacterClass) -> Unicode.Scalar? {
        let ranges = characters.set.ranges
        return ranges.count == 1 && ranges[0].count == 1 ? Unicode.Scalar(ranges[0].lowerBound) : nil
    }

    /// The class that a letter behind a backslash stands for.
    private mutating func escaped() throws(ModelImportError) -> CharacterClass {
        let scalar = try taken()
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

    private mutating func numbered(_ count: Int) throws(ModelImportError) -> CharacterClass {
        guard place + count <= scalars.count,
            let value = UInt32(String(String.UnicodeScalarView(scalars[place..<(place + count)])), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw malformed }
        place += count
        return CharacterClass(scalar)
    }
}

import Diagnostics
import OnnxIR
import RegularExpressions
import Tensors

/// The parts of strings: their characters, the matches of a pattern, or what is between separators.
///
/// Of the matches at a place the longest one counts. Parts of fewer than `mincharnum` characters are left out.
///
/// *Shapes*: `[c] → [c, most parts of one string]`, `[n, c] → [n, c, most parts]`; strings of fewer parts are followed by
/// `pad_value`. No strings have no parts, where onnxruntime leaves out the last axis. With `mark`, each string's parts stand between U+0002 and U+0003, unless no string has any.
struct Tokenizer: Operator {
    private enum Mode: Sendable {
        case characters
        case matches(RegularExpression)
        case separators([RegularExpression])
    }

    private let mode: Mode
    private let leastLength: Int
    private let isMarked: Bool
    private let padding: String

    static let definition = OperatorDefinition("Tokenizer", domain: .microsoft, since: 1) { node throws(EngineError) in
        let leastLength = try node.required("mincharnum", node.int("mincharnum"))
        guard leastLength >= 1 else { throw .attribute("mincharnum", leastLength, expected: "1 or more") }
        let mode = try mode(node)
        if case .characters = mode, leastLength > 1 {
            throw .attribute("mincharnum", leastLength, expected: "1, because the parts are characters")
        }
        return Tokenizer(
            mode: mode,
            leastLength: leastLength,
            isMarked: try node.required("mark", node.int("mark")) != 0,
            padding: try node.required("pad_value", node.string("pad_value"))
        )
    }

    private static func mode(_ node: NodeContext) throws(EngineError) -> Mode {
        let separators = try node.strings("separators") ?? []
        if separators.isEmpty {
            let pattern = try node.required("tokenexp", node.string("tokenexp"))
            guard !pattern.isEmpty else { throw EngineError(.attribute, "attribute `tokenexp` is empty") }
            return pattern == "." ? .characters : .matches(try expression(pattern, "tokenexp"))
        }
        if separators == [""] { return .characters }
        var expressions: [RegularExpression] = []
        for separator in separators {
            guard !separator.isEmpty else {
                throw EngineError(.attribute, "attribute `separators` holds an empty string beside others")
            }
            expressions.append(try expression(separator, "separators"))
        }
        return .separators(expressions)
    }

    private static func expression(_ pattern: String, _ name: String) throws(EngineError) -> RegularExpression {
        do throws(RegularExpressionError) {
            return try RegularExpression(pattern, findsLongest: true)
        } catch {
            let shown = pattern.count > 60 ? pattern.prefix(60) + "…" : pattern[...]
            throw EngineError(.attribute, "attribute `\(name)` has `\(shown)`, expected RE2's syntax: \(error.message)")
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.string, inputs.shape().map { $0 + [.unknown] })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let shape = input.shape
        guard shape.rank == 1 || shape.rank == 2 else {
            throw EngineError(.shape, "input has shape \(shape), expected [c] or [n, c]")
        }
        let texts = try input.stringElements()
        var counts: [Int] = []
        counts.reserveCapacity(texts.count)
        for text in texts {
            var count = 0
            try eachPart(of: text) { _, _ in count += 1 }
            counts.append(count)
        }
        let most = counts.max() ?? 0
        let marks = isMarked && most > 0 ? 2 : 0
        let width = most + marks
        let target = try call.shape(shape.dimensions + [width])
        try call.state.check(.string, target)
        var parts: [String] = []
        parts.reserveCapacity(target.elementCount)
        for (text, count) in zip(texts, counts) {
            if marks > 0 { parts.append("\u{2}") }
            try eachPart(of: text) { bytes, range in
                parts.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
            }
            if marks > 0 { parts.append("\u{3}") }
            for _ in count..<most { parts.append(padding) }
        }
        return [.tensor(try .of(strings: parts, target))]
    }

    /// Calls `body` with the bytes of a string and the range of each part.
    private func eachPart(
        of text: String,
        _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Void
    ) throws(EngineError) {
        var text = text
        let result = text.withUTF8 { bytes -> Result<Void, EngineError> in
            do throws(RegularExpressionError) {
                switch mode {
                case .characters: Self.eachCharacter(of: bytes) { body(bytes, $0) }
                case .matches(let expression): try eachMatch(of: expression, in: bytes) { body(bytes, $0) }
                case .separators(let expressions):
                    for range in try pieces(between: expressions, of: bytes) { body(bytes, range) }
                }
                return .success(())
            } catch {
                return .failure(EngineError(.memory, error.message))
            }
        }
        try result.get()
    }

    private static func eachCharacter(of bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < bytes.count {
            let end = next(after: start, in: bytes)
            body(start..<end)
            start = end
        }
    }

    private func eachMatch(
        of expression: RegularExpression,
        in bytes: UnsafeBufferPointer<UInt8>,
        _ body: (Range<Int>) -> Void
    ) throws(RegularExpressionError) {
        var start = 0
        while start < bytes.count, let match = try expression.firstMatch(in: bytes, from: start) {
            if isLongEnough(match, in: bytes) { body(match) }
            // An empty match is no part, and the search goes on behind the character there.
            start = match.isEmpty ? Self.next(after: match.upperBound, in: bytes) : match.upperBound
        }
    }

    /// What is left of a string where it is cut at the first separator, the pieces at the second, and so on.
    private func pieces(
        between expressions: [RegularExpression],
        of bytes: UnsafeBufferPointer<UInt8>
    ) throws(RegularExpressionError) -> [Range<Int>] {
        var pieces = [0..<bytes.count]
        for expression in expressions {
            var rest: [Range<Int>] = []
            for piece in pieces {
                let text = UnsafeBufferPointer(rebasing: bytes[piece])
                var start = 0
                while start < text.count, let match = try expression.firstMatch(in: text, from: start) {
                    rest.append((piece.lowerBound + start)..<(piece.lowerBound + match.lowerBound))
                    // A separator that matches nothing takes the character there.
                    start = match.isEmpty ? Self.next(after: match.upperBound, in: text) : match.upperBound
                }
                rest.append((piece.lowerBound + min(start, text.count))..<piece.upperBound)
            }
            pieces = rest.filter { isLongEnough($0, in: bytes) }
        }
        return pieces
    }

    private func isLongEnough(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if leastLength == 1 { return !range.isEmpty }
        // Bytes that go on with a character are no character of their own.
        return bytes[range].lazy.filter { $0 & 0xc0 != 0x80 }.count >= leastLength
    }

    /// Where the character ends that starts at a byte.
    private static func next(after start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var end = start + 1
        while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
        return min(end, bytes.count)
    }
}

/// The characters that one place of a pattern matches.
struct CharacterClass: Hashable, Sendable {
    /// The characters as RE2 writes them inside of brackets.
    let text: String
    let isNegated: Bool
    let set: CodePointSet

    static let word = CharacterClass(text: #"\p{L}\p{N}_"#, isNegated: false, set: .word)
    static let digit = CharacterClass(text: #"\p{Nd}"#, isNegated: false, set: .digit)
    static let space = CharacterClass(.space)
    static let newline = CharacterClass(CodePointSet([0xa...0xa]))

    init(_ set: CodePointSet) {
        self.init(text: Self.text(of: set), isNegated: false, set: set)
    }

    init(_ scalar: Unicode.Scalar) { self.init(CodePointSet([scalar.value...scalar.value])) }

    private init(text: String, isNegated: Bool, set: CodePointSet) {
        self.text = text
        self.isNegated = isNegated
        self.set = set
    }

    var inverted: CharacterClass { CharacterClass(text: text, isNegated: !isNegated, set: set.inverted) }

    /// What one of both matches.
    func union(_ other: CharacterClass) -> CharacterClass {
        let joined = set.union(other.set)
        guard !isNegated, !other.isNegated else { return CharacterClass(joined) }
        return CharacterClass(text: text + other.text, isNegated: false, set: joined)
    }

    /// The class in RE2's syntax.
    var expression: String { "[\(isNegated ? "^" : "")\(text)]" }

    private static func text(of set: CodePointSet) -> String {
        set.ranges.map { range in
            range.count == 1 ? hex(range.lowerBound) : "\(hex(range.lowerBound))-\(hex(range.upperBound))"
        }.joined()
    }

    private static func hex(_ value: UInt32) -> String { "\\x{\(String(value, radix: 16))}" }
}

/// A regular expression of Python as a tree.
indirect enum TextPattern: Hashable, Sendable {
    case boundary
    case characters(CharacterClass)
    case choice([TextPattern])
    case group(TextPattern)
    case repeated(TextPattern, least: Int, most: Int?)
    case sequence([TextPattern])

    /// Whether it matches the empty text.
    var isNullable: Bool {
        switch self {
        case .boundary: true
        case .characters: false
        case .choice(let branches): branches.contains(where: \.isNullable)
        case .group(let inner): inner.isNullable
        case .repeated(let inner, let least, _): least == 0 || inner.isNullable
        case .sequence(let parts): parts.allSatisfy(\.isNullable)
        }
    }

    /// Every class of characters in it, in order.
    var classes: [CharacterClass] {
        switch self {
        case .boundary: []
        case .characters(let characters): [characters]
        case .choice(let parts), .sequence(let parts): parts.flatMap(\.classes)
        case .group(let inner), .repeated(let inner, _, _): inner.classes
        }
    }

    var hasBoundary: Bool {
        switch self {
        case .boundary: true
        case .characters: false
        case .choice(let parts), .sequence(let parts): parts.contains(where: \.hasBoundary)
        case .group(let inner), .repeated(let inner, _, _): inner.hasBoundary
        }
    }

    var groupCount: Int {
        switch self {
        case .boundary, .characters: 0
        case .choice(let parts), .sequence(let parts): parts.map(\.groupCount).reduce(0, +)
        case .group(let inner): 1 + inner.groupCount
        case .repeated(let inner, _, _): inner.groupCount
        }
    }

    /// The most repetitions that RE2 counts, those of repetitions in one another multiplied.
    static let repetitionLimit = 1000

    /// How often the part is there that is repeated most, as RE2 counts it: by the lower bound without an upper one.
    ///
    /// No product is larger than an integer where every count and every part in it has passed `repetitionLimit`.
    var repetitionCount: Int {
        switch self {
        case .boundary, .characters: 1
        case .choice(let parts), .sequence(let parts): parts.map(\.repetitionCount).max() ?? 1
        case .group(let inner): inner.repetitionCount
        case .repeated(let inner, let least, let most): max(most ?? least, 1) * inner.repetitionCount
        }
    }

    /// The most ranges of characters in a pattern that is small enough for RE2, which has 8 MiB for its program: a quarter
    /// of those in the longest repetition of `\w` that it takes.
    static let rangeLimit = 80_000

    /// How many ranges of characters there are, where RE2 writes out every repetition.
    var rangeCount: Int {
        switch self {
        case .boundary: 0
        case .characters(let characters): characters.set.ranges.count
        case .choice(let parts), .sequence(let parts): parts.map(\.rangeCount).reduce(0, +)
        case .group(let inner): inner.rangeCount
        case .repeated(let inner, let least, let most): max(most ?? least, 1) * inner.rangeCount
        }
    }

    /// The pattern in RE2's syntax; boundaries, which RE2 has for ASCII alone, are left out.
    var expression: String {
        switch self {
        case .boundary: ""
        case .characters(let characters): characters.expression
        case .choice(let branches): "(?:\(branches.map(\.expression).joined(separator: "|")))"
        case .group(let inner): inner.expression
        case .repeated(let inner, let least, let most):
            if case .characters = inner {
                inner.expression + Self.quantifier(least, most)
            } else {
                "(?:\(inner.expression))\(Self.quantifier(least, most))"
            }
        case .sequence(let parts): parts.map(\.expression).joined()
        }
    }

    private static func quantifier(_ least: Int, _ most: Int?) -> String {
        switch (least, most) {
        case (0, nil): "*"
        case (1, nil): "+"
        case (0, 1): "?"
        case (let least, nil): "{\(least),}"
        case (let least, let most?): least == most ? "{\(least)}" : "{\(least),\(most)}"
        }
    }

    /// Its parts one after the other, without the sequences and the groups that they stand in.
    var parts: [TextPattern] {
        switch self {
        case .group(let inner): inner.parts
        case .sequence(let parts): parts.flatMap(\.parts)
        default: [self]
        }
    }
}

// MARK: matching without a choice

extension TextPattern {
    private struct Places {
        var first: [Int] = []
        var last: [Int] = []
        var isNullable = true
    }

    private struct Automaton {
        var classes: [CharacterClass] = []
        var follow: [[Int]] = []

        mutating func places(of pattern: TextPattern) -> Places {
            switch pattern {
            case .boundary: return Places()
            case .characters(let characters):
                classes.append(characters)
                follow.append([])
                return Places(first: [classes.count - 1], last: [classes.count - 1], isNullable: false)
            case .choice(let branches):
                var result = Places(isNullable: false)
                for branch in branches {
                    let places = places(of: branch)
                    result.first += places.first
                    result.last += places.last
                    result.isNullable = result.isNullable || places.isNullable
                }
                return result
            case .group(let inner): return places(of: inner)
            case .repeated(let inner, let least, let most):
                var result = places(of: inner)
                if most != 1 { connect(result.last, to: result.first) }
                result.isNullable = result.isNullable || least == 0
                return result
            case .sequence(let parts):
                var result = Places()
                for part in parts {
                    let next = places(of: part)
                    connect(result.last, to: next.first)
                    if result.isNullable { result.first += next.first }
                    result.last = next.isNullable ? result.last + next.last : next.last
                    result.isNullable = result.isNullable && next.isNullable
                }
                return result
            }
        }

        private mutating func connect(_ starts: [Int], to ends: [Int]) {
            for start in starts { follow[start] += ends.filter { !follow[start].contains($0) } }
        }

        func isUnambiguous(_ places: [Int]) -> Bool {
            for (index, place) in places.enumerated() {
                for other in places[(index + 1)...] where !classes[place].set.isDisjoint(with: classes[other].set) {
                    return false
                }
            }
            return true
        }
    }

    /// Whether each character says by itself where in the pattern it belongs.
    ///
    /// Then Python's matches, which prefer one choice to another, are the longest ones, as `Tokenizer` finds them.
    var isDeterministic: Bool {
        guard !hasOptionalChoice, classes.count <= Self.placeLimit else { return false }
        var automaton = Automaton()
        let places = automaton.places(of: self)
        return automaton.isUnambiguous(places.first) && automaton.follow.allSatisfy(automaton.isUnambiguous)
    }

    private static let placeLimit = 64

    /// Whether a branch of a choice, or what is repeated, may be nothing.
    private var hasOptionalChoice: Bool {
        switch self {
        case .boundary, .characters: false
        case .choice(let branches): branches.contains { $0.isNullable || $0.hasOptionalChoice }
        case .group(let inner): inner.hasOptionalChoice
        case .repeated(let inner, _, _): inner.isNullable || inner.hasOptionalChoice
        case .sequence(let parts): parts.contains(where: \.hasOptionalChoice)
        }
    }
}

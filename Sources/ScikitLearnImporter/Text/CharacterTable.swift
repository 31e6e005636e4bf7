import Foundation
import ModelFormats

/// What becomes of each character where text is lowered and loses its accents.
struct CharacterTable: Sendable {
    /// What `strip_accents` does, to what NFKD makes of the text.
    enum Accents: String, Sendable {
        /// Only ASCII is left.
        case ascii
        /// Combining characters are left out.
        case unicode
    }

    let isLowered: Bool
    let accents: Accents?
    /// The characters that change, in the order of their code points, and what each becomes.
    let changes: [(character: Unicode.Scalar, text: String)]

    /// Whether every character that is no key becomes nothing, and not itself.
    var dropsOthers: Bool { accents == .ascii }

    // PERF: a table asks for all of Unicode, up to a second: each is made once, however many vectorizers a model has.
    private static let kept = CharacterTable(isLowered: false, accents: nil)
    private static let keptASCII = CharacterTable(isLowered: false, accents: .ascii)
    private static let keptUnicode = CharacterTable(isLowered: false, accents: .unicode)
    private static let lowered = CharacterTable(isLowered: true, accents: nil)
    private static let loweredASCII = CharacterTable(isLowered: true, accents: .ascii)
    private static let loweredUnicode = CharacterTable(isLowered: true, accents: .unicode)

    /// The table of these choices.
    static func of(isLowered: Bool, accents: Accents?) -> CharacterTable {
        switch (isLowered, accents) {
        case (false, nil): kept
        case (false, .ascii): keptASCII
        case (false, .unicode): keptUnicode
        case (true, nil): lowered
        case (true, .ascii): loweredASCII
        case (true, .unicode): loweredUnicode
        }
    }

    private init(isLowered: Bool, accents: Accents?) {
        self.isLowered = isLowered
        self.accents = accents
        var changes: [(character: Unicode.Scalar, text: String)] = []
        for value in 0...CodePointSet.last {
            guard let scalar = Unicode.Scalar(value), Self.mayChange(scalar, accents) else { continue }
            var text = isLowered ? scalar.properties.lowercaseMapping : String(scalar)
            if let accents, value > 0x7f { text = Self.stripped(text, accents) }
            // Swift's strings are equal where they are canonically equivalent.
            let isSame = text.unicodeScalars.elementsEqual(CollectionOfOne(scalar))
            let isKept = accents == .ascii ? !text.isEmpty : !isSame
            if isKept { changes.append((scalar, text)) }
        }
        self.changes = changes
    }

    /// Leaves out what has neither cases nor a decomposition, such as most ideographs.
    private static func mayChange(_ scalar: Unicode.Scalar, _ accents: Accents?) -> Bool {
        if accents == nil { return scalar.properties.changesWhenLowercased }
        switch scalar.value {
        case 0x3400...0x4dbf, 0x4e00...0x9fff, 0x20000...0x2f7ff, 0x30000...0xdffff, 0xe000...0xf8ff,
            0xf0000...CodePointSet.last:
            return false
        default: return true
        }
    }

    private static func stripped(_ text: String, _ accents: Accents) -> String {
        let scalars = text.decomposedStringWithCompatibilityMapping.unicodeScalars.filter {
            accents == .ascii ? $0.isASCII : $0.properties.canonicalCombiningClass == .notReordered
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The letter whose lower case depends on what is around it.
    static let sigma: Unicode.Scalar = "Σ"
    static let finalSigma = "ς"
}

/// What a reader of JSON allows beyond the grammar, and how much of what the grammar allows.
package struct JSONLimits: Sendable, Hashable {
    /// How many arrays and objects may lie in one another.
    package var depth: Int
    /// The longest document in bytes.
    package var byteCount: Int
    /// The longest number in bytes.
    package var numberByteCount: Int
    /// Whether `NaN`, `Infinity` and `-Infinity` stand for numbers, as Python and XGBoost write them.
    package var acceptsNonFiniteLiterals: Bool
    /// Whether the strings `"NaN"`, `"Infinity"` and `"-Infinity"` count where floating-point numbers are read.
    package var acceptsNonFiniteStrings: Bool
    /// Whether `null` counts as NaN where floating-point numbers are read.
    package var readsNullAsNaN = false

    /// The limits of a document; what is not named is as in `default`.
    package init(
        depth: Int = 128,
        byteCount: Int = 1 << 31,
        numberByteCount: Int = 4096,
        acceptsNonFiniteLiterals: Bool = false,
        acceptsNonFiniteStrings: Bool = false
    ) {
        self.depth = depth
        self.byteCount = byteCount
        self.numberByteCount = numberByteCount
        self.acceptsNonFiniteLiterals = acceptsNonFiniteLiterals
        self.acceptsNonFiniteStrings = acceptsNonFiniteStrings
    }

    /// Strict RFC 8259, 128 levels deep, up to 2 GiB.
    package static let `default` = JSONLimits()
}

/// A set of categories, which are whole numbers from 0, with what else belongs to it.
package struct CategorySet: Hashable, Sendable {
    /// Bit `category % 32` of word `category / 32`; the last word is not 0.
    package let words: [UInt32]
    /// Whether a missing value belongs to the set.
    package var containsMissing: Bool
    /// Whether what is no category of any set belongs to it: negative numbers, and those beyond the last word.
    package var containsOthers: Bool

    /// A set from the bits of its categories.
    package init(words: [UInt32], containsMissing: Bool = false, containsOthers: Bool = false) {
        self.words = Array(words[..<((words.lastIndex { $0 != 0 } ?? -1) + 1)])
        self.containsMissing = containsMissing
        self.containsOthers = containsOthers
    }

    /// A set of these categories, none of which is negative.
    package init(
        _ categories: some Collection<Int>,
        containsMissing: Bool = false,
        containsOthers: Bool = false
    ) {
        var words = [UInt32](repeating: 0, count: categories.max().map { $0 / 32 + 1 } ?? 0)
        for category in categories { words[category / 32] |= 1 << UInt32(category % 32) }
        self.init(words: words, containsMissing: containsMissing, containsOthers: containsOthers)
    }

    /// One more than the largest category whose word is there.
    package var upperBound: Int { words.count * 32 }

    /// Whether a category, not negative, is in the set.
    package func contains(_ category: Int) -> Bool {
        category < upperBound ? words[category / 32] >> UInt32(category % 32) & 1 == 1 : containsOthers
    }
}

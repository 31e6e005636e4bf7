/// A set of categories, which are whole numbers from 0, and whether a missing value belongs to it.
///
/// Its memory grows with its members, and not with the largest of them.
package struct CategorySet: Hashable, Sendable {
    /// The categories, rising.
    package let categories: [Int]
    package var containsMissing: Bool

    /// A set from the bits of its categories: bit `category % 32` of word `category / 32`.
    package init(words: [UInt32], containsMissing: Bool = false) {
        var categories: [Int] = []
        for (index, word) in words.enumerated() where word != 0 {
            categories += (0..<32).filter { word >> UInt32($0) & 1 == 1 }.map { index * 32 + $0 }
        }
        self.categories = categories
        self.containsMissing = containsMissing
    }

    /// A set of these categories, none of which is negative.
    package init(_ categories: some Collection<Int>, containsMissing: Bool = false) {
        self.categories = Set(categories).sorted()
        self.containsMissing = containsMissing
    }

    /// One more than the largest category.
    package var upperBound: Int { categories.last.map { $0 + 1 } ?? 0 }
}

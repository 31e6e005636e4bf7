/// A path as file systems tell it from others, byte by byte: to `String`, an accented letter is the same in one scalar as
/// in two, and to a kernel these are two files.
package struct EntryPath: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let text: String

    /// The path of a text.
    package init(_ text: String) { self.text = text }

    /// The path of a text.
    package init(stringLiteral text: String) { self.text = text }

    package var description: String { text }

    package static func == (left: EntryPath, right: EntryPath) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package static func < (left: EntryPath, right: EntryPath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}

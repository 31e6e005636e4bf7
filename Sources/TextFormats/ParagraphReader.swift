/// Reads the paragraphs of a control file that comes in pieces, and keeps one of them at a time.
///
/// *Source*: Debian Policy 5.1; deb822(5).
package struct ParagraphReader {
    private var paragraph = FieldParagraph()
    private var line: [UInt8] = []

    /// A reader at the start of a file.
    package init() {}

    /// Reads on, and hands each paragraph that ends to `body`.
    package mutating func read(
        _ piece: some Sequence<UInt8>,
        _ body: (FieldParagraph) throws -> Void
    ) rethrows {
        for byte in piece {
            if byte == 0x0A { try endLine(body) } else { line.append(byte) }
        }
    }

    /// Hands the last paragraph to `body`.
    package mutating func finish(_ body: (FieldParagraph) throws -> Void) rethrows {
        try endLine(body)
        try endParagraph(body)
    }

    private mutating func endLine(_ body: (FieldParagraph) throws -> Void) rethrows {
        defer { line.removeAll(keepingCapacity: true) }
        if line.first == UInt8(ascii: "#") { return }
        if line.allSatisfy(isBlank) { return try endParagraph(body) }
        paragraph.add(line, replaces: true)
    }

    private mutating func endParagraph(_ body: (FieldParagraph) throws -> Void) rethrows {
        guard !paragraph.isEmpty else { return }
        let ended = paragraph
        paragraph = FieldParagraph()
        try body(ended)
    }
}

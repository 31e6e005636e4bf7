import Diagnostics
import TextFormats

/// The packages of one suite as its `Packages` file lists them: the text, and where each package stands in it.
///
/// PERF: bookworm's list has 63,000 packages in 50 MB. It is walked once; only what a resolution looks at becomes
/// strings.
package struct PackageTable: Sendable {
    /// The archive's label and the suite that every package of the table is from.
    package let archive: String
    package let suite: String
    private let text: [UInt8]
    private var stanzas: [Range<UInt32>] = []
    private var firstByName: [String: Int32] = [:]
    /// The next stanza of the same name, or -1.
    private var next: [Int32] = []
    private var providers: [String: [Int32]] = [:]

    /// The most bytes that a list may have.
    static let byteLimit = 1 << 29

    /// Finds the packages in the text of a list.
    ///
    /// *Throws*: `index` for a list that is larger than 512 MiB.
    package init(_ text: [UInt8], archive: String, suite: String) throws(DebianPackagesError) {
        guard text.count <= Self.byteLimit else {
            throw DebianPackagesError(
                .index,
                "the list of packages is too large, expected at most \(Self.byteLimit) bytes, got \(text.count)"
            )
        }
        self.archive = archive
        self.suite = suite
        self.text = text
        text.withUnsafeBufferPointer { walk($0) }
    }

    /// How many packages there are.
    package var count: Int { stanzas.count }

    private mutating func walk(_ text: UnsafeBufferPointer<UInt8>) {
        firstByName.reserveCapacity(text.count / 800)
        var start = 0
        var name: String?
        var provided: [String] = []
        var index = 0
        while index < text.count {
            var end = index
            while end < text.count, text[end] != 0x0A { end += 1 }
            let line = UnsafeBufferPointer(rebasing: text[index..<end])
            if line.isEmpty {
                add(name, provided, start..<index)
                (start, name, provided) = (end + 1, nil, [])
            } else if let value = Self.value(line, "Package:") {
                name = value
            } else if let value = Self.value(line, "Provides:") {
                provided = value.utf8.split(separator: UInt8(ascii: ",")).map { part in
                    let word = part.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0x28 && $0 != 0x3A }
                    return String(Substring(word))
                }
            }
            index = end + 1
        }
        add(name, provided, start..<text.count)
    }

    private static func value(_ line: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> String? {
        let count = name.utf8CodeUnitCount
        guard line.count > count, line[0] == name.utf8Start[0] else { return nil }
        for index in 1..<count where line[index] != name.utf8Start[index] { return nil }
        return String(decoding: line[count...].drop { $0 == 0x20 }.prefix { $0 != 0x0D }, as: UTF8.self)
    }

    private mutating func add(_ name: String?, _ provided: [String], _ range: Range<Int>) {
        guard let name, !name.isEmpty else { return }
        let number = Int32(stanzas.count)
        stanzas.append(UInt32(range.lowerBound)..<UInt32(range.upperBound))
        next.append(firstByName[name] ?? -1)
        firstByName[name] = number
        for provided in provided where provided != name { providers[provided, default: []].append(number) }
    }

    /// The stanzas of a package; several when the suite has several versions of it.
    func stanzas(named name: String) -> [FieldParagraph] {
        var result: [FieldParagraph] = []
        var number = firstByName[name] ?? -1
        while number >= 0 {
            if let stanza = stanza(number) { result.append(stanza) }
            number = next[Int(number)]
        }
        return result
    }

    /// The names of the packages that say they provide a name.
    func providers(of name: String) -> [String] {
        (providers[name] ?? []).compactMap { stanza($0)?["package"] }
    }

    private func stanza(_ number: Int32) -> FieldParagraph? {
        let range = stanzas[Int(number)]
        return FieldParagraph.paragraphs(text[Int(range.lowerBound)..<Int(range.upperBound)]).first
    }

    /// Names of packages, for a suggestion.
    var names: some Sequence<String> { firstByName.keys }
}

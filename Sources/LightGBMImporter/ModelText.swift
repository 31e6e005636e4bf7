import Diagnostics
import ModelImport

/// A model that LightGBM saved as text: fields of the whole, and fields of each tree.
///
/// *Source*: `GBDT::SaveModelToString` and `Tree::ToString`, LightGBM 2.1 to 4.7.
struct ModelText {
    let header: TextFields
    let trees: [TextFields]
    /// The categories that pandas had for the columns of categories, as JSON.
    let pandasCategories: String?

    private static let firstLine = Array("tree".utf8)

    /// Whether bytes start as such a text does.
    static func isRecognised(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: firstLine), let next = bytes.dropFirst(firstLine.count).first else { return false }
        return next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r")
    }

    /// Reads lines up to `end of trees`.
    ///
    /// *Throws*: `malformed` when the text ends before.
    init(_ bytes: [UInt8]) throws(ModelImportError) {
        var sections: [TextFields] = [TextFields(bytes)]
        var start = bytes.startIndex
        var hasEnd = false
        while start < bytes.endIndex, !hasEnd {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            var line = bytes[start..<end]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            start = end + 1
            if line.elementsEqual("end of trees".utf8) {
                hasEnd = true
            } else if line.starts(with: "Tree=".utf8) {
                sections.append(TextFields(bytes))
            } else if !line.isEmpty {
                sections[sections.count - 1].add(line)
            }
        }
        guard hasEnd else {
            throw ModelImportError(.malformed, "the text ends too soon, expected a line `end of trees`")
        }
        header = sections.removeFirst()
        trees = sections
        pandasCategories = Self.lastValue(of: "pandas_categorical:", in: bytes, from: min(start, bytes.endIndex))
    }

    private static func lastValue(of key: String, in bytes: [UInt8], from start: Int) -> String? {
        let lines = bytes[start...].split(separator: UInt8(ascii: "\n"))
        guard let line = lines.last(where: { $0.starts(with: key.utf8) }) else { return nil }
        return String(decoding: line.dropFirst(key.utf8.count), as: UTF8.self)
    }
}

/// Lines of the form `key=value`, with readers that name what is wrong with them.
struct TextFields {
    private let bytes: [UInt8]
    private var values: [String: Range<Int>] = [:]

    fileprivate init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A line without a value counts as one that is empty.
    fileprivate mutating func add(_ line: ArraySlice<UInt8>) {
        let end = line.firstIndex(of: UInt8(ascii: "=")) ?? line.endIndex
        let key = String(decoding: line[..<end], as: UTF8.self)
        values[key] = min(end + 1, line.endIndex)..<line.endIndex
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    func text(_ key: String) -> String? {
        values[key].map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// A whole number; `fallback` where the field is missing.
    func int(_ key: String, fallback: Int? = nil, in range: ClosedRange<Int>) throws(ModelImportError) -> Int {
        guard let text = text(key) else {
            if let fallback { return fallback }
            throw ModelImportError(.malformed, "`\(key)` is missing, expected a number")
        }
        guard let int = Int(text), range.contains(int) else {
            throw ModelImportError(
                .malformed,
                "`\(key)` is `\(text.prefix(40))`, expected a number in \(range.lowerBound)...\(range.upperBound)"
            )
        }
        return int
    }

    /// Whole numbers with spaces between them, as many as `count`.
    func ints(_ key: String, count: Int) throws(ModelImportError) -> [Int] {
        try numbers(key, count: count) { Int($0) }
    }

    /// Numbers with spaces between them, as many as `count`.
    func doubles(_ key: String, count: Int) throws(ModelImportError) -> [Double] {
        try numbers(key, count: count) { Double($0) }
    }

    private func numbers<Number>(
        _ key: String,
        count: Int,
        _ read: (String) -> Number?
    ) throws(ModelImportError) -> [Number] {
        guard let range = values[key] else {
            throw ModelImportError(.malformed, "`\(key)` is missing, expected \(count) numbers")
        }
        let parts = bytes[range].split(separator: UInt8(ascii: " "))
        guard parts.count == count else {
            throw ModelImportError(.malformed, "`\(key)` has \(parts.count) elements, expected \(count)")
        }
        var numbers: [Number] = []
        numbers.reserveCapacity(count)
        for part in parts {
            let text = String(decoding: part, as: UTF8.self)
            guard let number = read(text) else {
                throw ModelImportError(.malformed, "`\(key)` holds `\(text.prefix(40))`, expected a number")
            }
            numbers.append(number)
        }
        return numbers
    }
}

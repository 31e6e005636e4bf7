extension OperatorTable {
    /// A line of the table, with the opset that brought its version.
    struct Version {
        let since: Int64
        let line: Substring
    }

    /// The versions of an operator, the oldest first.
    ///
    /// PERF: the text is searched as it stands, where its lines are in order: an index of all operators takes 5 ms, and
    /// few models have more than twenty.
    static func versions(domain: OperatorDomain, opType: String) -> [Version] {
        var versions: [Version] = []
        var opType = opType
        opType.withUTF8 { name in
            for file in files where file.domain == domain {
                let ranges = file.text.utf8.withContiguousStorageIfAvailable { lines(of: name, in: $0) } ?? []
                for (since, range) in ranges {
                    versions.append(Version(since: since, line: file.text.utf8Slice(range)))
                }
            }
        }
        // A version of ONNX Runtime's own comes from another file than those of the standard.
        return versions.sorted { $0.since < $1.since }
    }

    /// The names of the operators of a domain, in the order of the table, one for each version.
    static func names(of domain: OperatorDomain) -> [Substring] {
        files.filter { $0.domain == domain }.flatMap { file in
            file.text.split(separator: "\n").map { $0.prefix { $0 != "|" } }
        }
    }

    /// Calls `body` with each release: the domain as the table spells it, its opset, and the IR version.
    static func forEachRelease(_ body: (_ domain: Substring, _ opset: Int64, _ irVersion: Int64) -> Void) {
        let text = releases.utf8
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
            let fields = text[start..<end].split(separator: UInt8(ascii: " ")).map { Substring($0) }
            if fields.count == 3, let opset = Int64(fields[1]), let irVersion = Int64(fields[2]) {
                body(fields[0], opset, irVersion)
            }
            start = end < text.endIndex ? text.index(after: end) : end
        }
    }

    /// Where the lines of an operator lie in a text whose lines are in the order of their names.
    private static func lines(
        of name: UnsafeBufferPointer<UInt8>,
        in text: UnsafeBufferPointer<UInt8>
    ) -> [(since: Int64, range: Range<Int>)] {
        var (low, high) = (0, text.count)
        while low < high {
            let middle = start(ofLineAt: low + (high - low) / 2, in: text)
            if order(ofLineAt: middle, in: text, name) < 0 {
                low = min(high, end(ofLineAt: middle, in: text) + 1)
            } else {
                high = middle
            }
        }
        var found: [(since: Int64, range: Range<Int>)] = []
        while low < text.count, order(ofLineAt: low, in: text, name) == 0 {
            let end = end(ofLineAt: low, in: text)
            var since: Int64 = 0
            for digit in text[(low + name.count + 1)..<end].prefix(while: { $0 != UInt8(ascii: "|") }) {
                since = since * 10 + Int64(digit) - Int64(UInt8(ascii: "0"))
            }
            found.append((since, low..<end))
            low = min(text.count, end + 1)
        }
        return found
    }

    private static func start(ofLineAt offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var start = offset
        while start > 0, text[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return start
    }

    private static func end(ofLineAt offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var end = offset
        while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
        return end
    }

    /// Less than zero where the line's name stands before `name`, more where it stands behind it.
    private static func order(
        ofLineAt start: Int,
        in text: UnsafeBufferPointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>
    ) -> Int {
        var index = start
        for byte in name {
            guard index < text.count, text[index] != UInt8(ascii: "|") else { return -1 }
            if text[index] != byte { return Int(text[index]) - Int(byte) }
            index += 1
        }
        return index < text.count && text[index] == UInt8(ascii: "|") ? 0 : 1
    }
}

extension String {
    /// A part of the text between two places counted in bytes.
    fileprivate func utf8Slice(_ range: Range<Int>) -> Substring {
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        return self[start..<utf8.index(start, offsetBy: range.count)]
    }
}

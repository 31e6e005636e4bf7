import Diagnostics

/// A version of a Python package: `1!2.3rc1.post2.dev3+local.4`.
///
/// *Source*: PEP 440.
package struct PythonVersion: Sendable {
    enum Phase: Int, Sendable {
        case alpha
        case beta
        case candidate

        var text: String { ["a", "b", "rc"][rawValue] }
    }

    enum LocalPart: Sendable, Hashable, Comparable {
        case text(String)
        case number(DecimalNumber)

        static func < (left: LocalPart, right: LocalPart) -> Bool {
            switch (left, right) {
            case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
            case (.number(let left), .number(let right)): left < right
            case (.text, .number): true
            case (.number, .text): false
            }
        }
    }

    var epoch = DecimalNumber.zero
    var release: [DecimalNumber] = []
    var pre: (phase: Phase, number: DecimalNumber)?
    var post: DecimalNumber?
    var dev: DecimalNumber?
    var local: [LocalPart] = []

    /// Reads a version in any of the forms that PEP 440 allows, white space around it included.
    ///
    /// *Throws*: `syntax`.
    package init(parsing text: some StringProtocol) throws(PythonPackageError) {
        guard let version = PythonVersion(text) else {
            throw PythonPackageError(
                .syntax,
                "the version has another form, expected one like `1.2.3rc1`, got `\(text)`"
            )
        }
        self = version
    }

    /// Reads a version; `nil` for what is none.
    package init?(_ text: some StringProtocol) {
        var cursor = TextCursor(lowercasedASCII(text))
        cursor.skipSpace()
        _ = cursor.take("v")
        guard readRelease(&cursor) else { return nil }
        readPreRelease(&cursor)
        readPostRelease(&cursor)
        readDevelopmentalRelease(&cursor)
        guard readLocal(&cursor) else { return nil }
        cursor.skipSpace()
        guard cursor.isAtEnd else { return nil }
    }

    private mutating func readRelease(_ cursor: inout TextCursor) -> Bool {
        var digits = cursor.takeWhile(isDigit)
        guard !digits.isEmpty else { return false }
        if cursor.take("!") {
            epoch = DecimalNumber(digits)
            digits = cursor.takeWhile(isDigit)
            guard !digits.isEmpty else { return false }
        }
        release.append(DecimalNumber(digits))
        while true {
            let start = cursor.position
            guard cursor.take(".") else { return true }
            digits = cursor.takeWhile(isDigit)
            guard !digits.isEmpty else {
                cursor.goBack(to: start)
                return true
            }
            release.append(DecimalNumber(digits))
        }
    }

    private mutating func readPreRelease(_ cursor: inout TextCursor) {
        let words: [(StaticString, Phase)] = [
            ("alpha", .alpha), ("beta", .beta), ("preview", .candidate), ("pre", .candidate), ("a", .alpha),
            ("b", .beta), ("c", .candidate), ("rc", .candidate),
        ]
        let start = cursor.position
        _ = cursor.take(where: isSeparator)
        for (word, phase) in words where cursor.take(word) {
            pre = (phase, readNumber(&cursor))
            return
        }
        cursor.goBack(to: start)
    }

    /// The number behind a word, which may stand apart or be missing.
    private func readNumber(_ cursor: inout TextCursor) -> DecimalNumber {
        _ = cursor.take(where: isSeparator)
        return DecimalNumber(cursor.takeWhile(isDigit))
    }

    private mutating func readPostRelease(_ cursor: inout TextCursor) {
        let start = cursor.position
        if cursor.take("-") {
            let digits = cursor.takeWhile(isDigit)
            if !digits.isEmpty {
                post = DecimalNumber(digits)
                return
            }
            cursor.goBack(to: start)
        }
        _ = cursor.take(where: isSeparator)
        if cursor.take("post") || cursor.take("rev") || cursor.take("r") {
            post = readNumber(&cursor)
        } else {
            cursor.goBack(to: start)
        }
    }

    private mutating func readDevelopmentalRelease(_ cursor: inout TextCursor) {
        let start = cursor.position
        _ = cursor.take(where: isSeparator)
        if cursor.take("dev") {
            dev = readNumber(&cursor)
        } else {
            cursor.goBack(to: start)
        }
    }

    private mutating func readLocal(_ cursor: inout TextCursor) -> Bool {
        guard cursor.take("+") else { return true }
        repeat {
            let part = cursor.takeWhile(isLetterOrDigit)
            guard !part.isEmpty else { return false }
            local.append(
                part.allSatisfy(isDigit)
                    ? .number(DecimalNumber(part)) : .text(String(decoding: part, as: UTF8.self))
            )
        } while cursor.take(where: isSeparator)
        return true
    }

    /// Whether it is a pre-release or a developmental release.
    package var isPreRelease: Bool { pre != nil || dev != nil }

    var isPostRelease: Bool { post != nil }

    /// The version without its local label.
    var publicVersion: PythonVersion {
        var copy = self
        copy.local = []
        return copy
    }
}

extension PythonVersion: CustomStringConvertible {
    /// The normal form.
    package var description: String {
        var text = epoch == .zero ? "" : "\(epoch)!"
        text += release.map(\.description).joined(separator: ".")
        if let pre { text += pre.phase.text + pre.number.description }
        if let post { text += ".post\(post)" }
        if let dev { text += ".dev\(dev)" }
        let labels = local.map { part in
            switch part {
            case .text(let text): text
            case .number(let number): number.description
            }
        }
        return labels.isEmpty ? text : text + "+" + labels.joined(separator: ".")
    }
}

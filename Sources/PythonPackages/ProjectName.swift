import Diagnostics

/// The name of a project in its one form: lower case, with `-` for every run of `-`, `_` and `.`.
///
/// *Source*: PEP 503, Normalized Names.
package func normalizedName(_ name: some StringProtocol) -> String {
    var result: [UInt8] = []
    var isAfterSeparator = false
    for byte in lowercasedASCII(name).utf8 {
        if isSeparator(byte) {
            if !isAfterSeparator { result.append(UInt8(ascii: "-")) }
            isAfterSeparator = true
        } else {
            result.append(byte)
            isAfterSeparator = false
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// Whether a text can name a project or an extra: letters, digits, and between them `-`, `_` and `.`.
///
/// *Source*: PEP 508, Names.
func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, let last = Array(text.utf8).last else { return false }
    return isLetterOrDigit(first) && isLetterOrDigit(last)
        && text.utf8.allSatisfy { isLetterOrDigit($0) || isSeparator($0) }
}

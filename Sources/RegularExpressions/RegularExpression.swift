import CRE2
import Diagnostics

/// A pattern in RE2's syntax, compiled: matching takes time linear in the text, whatever the pattern.
///
/// *Source*: <https://github.com/google/re2/wiki/Syntax>.
// SAFETY: RE2 guards what it changes while it matches, and the pattern is freed only when the last reference goes.
package final class RegularExpression: @unchecked Sendable {
    /// Longest pattern in bytes of UTF-8.
    ///
    /// RE2 bounds its programs by itself, but not what it holds while it parses: up to some 10 KiB a byte, for patterns
    /// that name many classes of Unicode.
    package static let longestPattern = 1 << 16

    private let handle: OpaquePointer

    /// Compiles a pattern; of the matches at a place the longest counts, or the one that Perl would find.
    ///
    /// *Throws*: `pattern`, in RE2's words.
    package init(_ pattern: String, findsLongest: Bool = false) throws(RegularExpressionError) {
        var pattern = pattern
        guard pattern.utf8.count <= Self.longestPattern else {
            throw RegularExpressionError(
                .pattern,
                "the pattern has \(pattern.utf8.count) bytes, expected at most \(Self.longestPattern)"
            )
        }
        var message = [CChar](repeating: 0, count: 512)
        let compiled = pattern.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                mlpack_re2_compile(bytes.baseAddress, bytes.count, findsLongest ? 1 : 0, &message, message.count)
            }
        }
        guard let compiled else {
            let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw RegularExpressionError(.pattern, words)
        }
        handle = compiled
    }

    deinit { mlpack_re2_free(handle) }

    /// Whether the whole text matches.
    ///
    /// *Throws*: `memory`.
    package func matchesWhole(_ text: String) throws(RegularExpressionError) -> Bool {
        var text = text
        let verdict = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                mlpack_re2_matches_whole(handle, bytes.baseAddress, bytes.count)
            }
        }
        guard verdict >= 0 else { throw RegularExpressionError(.memory, "no memory to match") }
        return verdict == 1
    }

    /// The bytes of the first match that starts at byte `start` or later; what is before it counts as its context.
    ///
    /// *Throws*: `memory`.
    package func firstMatch(
        in text: UnsafeBufferPointer<UInt8>,
        from start: Int = 0
    ) throws(RegularExpressionError) -> Range<Int>? {
        guard (0...text.count).contains(start) else { return nil }
        var bounds = [0, 0]
        let verdict = text.withMemoryRebound(to: CChar.self) { bytes in
            mlpack_re2_find(handle, bytes.baseAddress, bytes.count, start, &bounds)
        }
        guard verdict >= 0 else { throw RegularExpressionError(.memory, "no memory to match") }
        return verdict == 1 ? bounds[0]..<bounds[1] : nil
    }
}

import Diagnostics
import TextFormats

/// A block of a PEM file: `-----BEGIN PUBLIC KEY-----` and what it holds.
///
/// *Source*: RFC 7468; headers of the older form stand in `isPlain`.
struct PEM {
    let label: String
    let bytes: [UInt8]
    /// Whether the block holds base64 alone, without headers such as `Proc-Type`.
    let isPlain: Bool

    init(label: String, bytes: [UInt8]) {
        self.label = label
        self.bytes = bytes
        isPlain = true
    }

    /// Reads the first block of a text whose label ends with `kind`: others, such as `EC PARAMETERS`, may stand before it.
    ///
    /// *Throws*: `keyFormat` when there is none.
    init(parsing text: [UInt8], kind: String) throws(SigningError) {
        guard let text = String(validating: text, as: UTF8.self) else {
            throw SigningError(.keyFormat, "the file is no text, expected a `\(kind)` in PEM")
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingSuffix { $0 == " " || $0 == "\t" } }
        let labels = lines.filter { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("-----") && $0.utf8.count > 16 }
            .map { String($0.dropFirst("-----BEGIN ".count).dropLast("-----".count)) }
        guard let label = labels.first(where: { $0.hasSuffix(kind) }) else {
            let got = labels.first.map { "`\($0)`" } ?? "no block"
            throw SigningError(.keyFormat, "the file holds something else, expected a `\(kind)` in PEM, got \(got)")
        }
        self.label = label
        let start = lines.firstIndex { $0 == "-----BEGIN \(label)-----" } ?? 0
        guard let end = lines[start...].firstIndex(of: "-----END \(label)-----") else {
            throw SigningError(.keyFormat, "the block `\(label)` has no end, expected `-----END \(label)-----`")
        }
        let body = lines[(start + 1)..<end]
        isPlain = !body.contains { $0.contains(":") }
        guard isPlain else {
            bytes = []
            return
        }
        guard let decoded = base64Decoded(body.joined()) else {
            throw SigningError(.keyFormat, "the block `\(label)` is no base64")
        }
        bytes = decoded
    }

    /// The block as a text, in lines of 64.
    var text: String {
        let body = Array(base64(bytes).utf8)
        let lines = stride(from: 0, to: body.count, by: 64).map { start in
            String(decoding: body[start..<min(start + 64, body.count)], as: UTF8.self) + "\n"
        }
        return "-----BEGIN \(label)-----\n" + lines.joined() + "-----END \(label)-----\n"
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}

import Compression
import ServingTransport

/// A file of the page, as the executable holds it.
struct PageFile: Sendable {
    private let contentType: String
    private let bytes: [UInt8]
    /// The bytes as gzip; `nil` when that does not make them fewer.
    private let compressed: [UInt8]?
    /// What tells this content from another.
    private let tag: String

    init(_ contentType: String, _ bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
        let compressed = try? DeflateCompressor(.gzip, level: 12).compressed(bytes)
        self.compressed = compressed.flatMap { $0.count < bytes.count ? $0 : nil }
        tag = "W/\"\(String(fingerprint(of: bytes), radix: 16))\""
    }

    /// The answer to a request for the file; without the file when the client has it.
    ///
    /// *Source*: RFC 9110, sections 8.8.3 and 13.1.2.
    func response(to request: HTTPRequest) -> HTTPResponse {
        var headers = pageHeaders + [("etag", tag), ("vary", "accept, accept-encoding")]
        let known = request.values(of: "if-none-match").flatMap { $0.split { ", ".contains($0) } }
        guard !known.contains(where: { $0 == tag }) else {
            return HTTPResponse(status: .notModified, headers: headers)
        }
        headers.append(("content-type", contentType))
        guard let compressed, acceptsGzip(request) else {
            return HTTPResponse(status: .ok, headers: headers, body: bytes)
        }
        headers.append(("content-encoding", "gzip"))
        return HTTPResponse(status: .ok, headers: headers, body: compressed)
    }
}

/// What browsers are told of every file: nothing is loaded from elsewhere, and no text becomes markup or code.
///
/// *Source*: W3C, Content Security Policy Level 3; Trusted Types.
private let pageHeaders: [(name: String, value: String)] = [
    ("cache-control", "no-cache"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
]

/// FNV-1a with 64 bits: files differ in it that differ by accident.
private func fingerprint(of bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

import Diagnostics

/// An address of the web in its parts: `https://host:port/path?query`.
///
/// Only forms that no two readers take for different hosts are accepted: no user in front of the host, no backslash, no
/// white space.
///
/// *Source*: RFC 3986, sections 3 and 5.2.
package struct WebAddress: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// The host, in lower case, with its port when one is given.
    package let authority: String
    /// The path, with a slash in front; empty never.
    package let path: String
    /// What stands behind the question mark; `nil` without one.
    package var query: String?

    /// Reads an address.
    ///
    /// *Throws*: `refused` for any other form.
    package init(parsing text: String) throws(DownloadError) {
        guard let address = WebAddress(text) else {
            throw DownloadError(.refused, "the address has another form, expected `https://host/path`")
        }
        self = address
    }

    /// An address of parts that are well-formed.
    package init(scheme: String, authority: String, path: String, query: String? = nil) {
        self.scheme = scheme
        self.authority = authority
        self.path = path
        self.query = query
    }

    private init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            bytes[colon...].starts(with: "://".utf8)
        else { return nil }
        scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        authority = String(decoding: rest[..<end], as: UTF8.self).lowercased()
        guard Self.isAuthority(authority) else { return nil }
        (path, query) = Self.pathAndQuery(rest[end...])
    }

    private static func pathAndQuery(_ bytes: ArraySlice<UInt8>) -> (String, String?) {
        let bytes = bytes.prefix { $0 != UInt8(ascii: "#") }
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        let path = String(decoding: bytes[..<(mark ?? bytes.endIndex)], as: UTF8.self)
        return (path.isEmpty ? "/" : path, mark.map { String(decoding: bytes[($0 + 1)...], as: UTF8.self) })
    }

    private static func isAuthority(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return false }
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_:" + (isBracketed ? "[]" : "")
        guard bytes.allSatisfy({ allowed.utf8.contains($0) }) else { return false }
        return isBracketed || bytes.count { $0 == UInt8(ascii: ":") } <= 1
    }

    /// The address that a `Location` names, seen from this one.
    ///
    /// *Throws*: `refused` for one of another form.
    package func resolving(_ location: String) throws(DownloadError) -> WebAddress {
        if location.contains("://"), let address = WebAddress(location) { return address }
        let base: String =
            if location.utf8.starts(with: "//".utf8) {
                scheme + ":"
            } else if location.utf8.first == UInt8(ascii: "/") {
                "\(scheme)://\(authority)"
            } else if location.utf8.first == UInt8(ascii: "?") {
                "\(scheme)://\(authority)\(path)"
            } else {
                "\(scheme)://\(authority)" + String(decoding: folder, as: UTF8.self)
            }
        return try WebAddress(parsing: base + location)
    }

    /// The path up to its last slash.
    private var folder: [UInt8] {
        let bytes = Array(path.utf8)
        return Array(bytes[...(bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
    }

    /// The address with more fields in its query, whose values are escaped here.
    package func adding(_ fields: [(name: String, value: String)]) -> WebAddress {
        var copy = self
        let added = fields.map { "\($0.name)=\(percentEncoded($0.value))" }.joined(separator: "&")
        copy.query = query.flatMap { $0.isEmpty ? nil : $0 + "&" + added } ?? added
        return copy
    }

    /// The host without its port.
    package var host: String {
        if authority.utf8.first == UInt8(ascii: "[") { return String(authority.prefix { $0 != "]" }) + "]" }
        return String(authority.prefix { $0 != ":" })
    }

    private var port: String {
        let rest = authority.dropFirst(host.count)
        return rest.isEmpty ? (scheme == "https" ? "443" : "80") : String(rest.dropFirst())
    }

    /// Whether both addresses are of one scheme, host and port: what credentials may cross.
    package func hasSameOrigin(as other: WebAddress) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// Whether the host is this machine itself.
    package var isLoopback: Bool { isLoopbackHost(host) }

    /// The address as it is requested.
    package var text: String { "\(scheme)://\(authority)\(path)" + (query.map { "?" + $0 } ?? "") }

    /// The address as messages show it: without the query, which may hold a signature.
    package var description: String { "\(scheme)://\(authority)\(path)" }
}

/// Whether a host is this machine itself: `localhost`, `127.0.0.0/8`, `[::1]`.
package func isLoopbackHost(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}

/// A text as a value of a query.
///
/// *Source*: RFC 3986, section 2.3: all but the unreserved characters are escaped.
package func percentEncoded(_ text: String) -> String {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
        if unreserved.contains(byte) {
            result.append(byte)
        } else {
            result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: result, as: UTF8.self)
}

import Diagnostics
package import Downloads

/// Where a server is, what it is spoken to in, and the model that the address names.
///
/// For example, `http://host:8000/v2/models/iris/versions/1`, `host:8000`, `grpc://host:8001`.
package struct ServerAddress: Sendable {
    /// A protocol of the Open Inference Protocol.
    package enum Transport: String, Sendable {
        case http
        case grpc
    }

    package let transport: Transport
    /// The server itself: scheme, host and port, with the path that stands before `/v2`.
    package let base: WebAddress
    /// The model of an address that ends in one.
    package let model: String?
    /// The version of it.
    package let version: String?

    /// Reads an address; without a scheme it is one of HTTP, and then, as with `grpc`, the protocol's own port is taken
    /// where none is given.
    ///
    /// *Throws*: `address` for another form.
    package init(parsing text: String) throws(ClientError) {
        var rest = text[...]
        var scheme = "http"
        if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].utf8.starts(with: "://".utf8) {
            scheme = text[..<colon].lowercased()
            rest = text[text.utf8.index(colon, offsetBy: 3)...]
        }
        let takesOwnPort = !text.contains("://") || scheme.hasPrefix("grpc")
        guard let (transport, webScheme) = Self.schemes[scheme] else {
            throw Self.malformed(text, "the scheme `\(scheme)` is not known")
        }
        let web: WebAddress
        do throws(DownloadError) {
            web = try WebAddress(parsing: "\(webScheme)://\(rest)")
        } catch {
            throw Self.malformed(text, "the address has another form")
        }
        let hasPort = web.authority.count > web.host.count
        let port = hasPort || !takesOwnPort ? "" : transport == .http ? ":8000" : ":8001"
        guard let parts = PathParts(web.path) else { throw Self.malformed(text, "the path names no model") }
        self.transport = transport
        base = WebAddress(scheme: webScheme, authority: web.authority + port, path: parts.prefix)
        model = parts.model
        version = parts.version
    }

    private static let schemes: [String: (Transport, String)] = [
        "http": (.http, "http"), "https": (.http, "https"), "grpc": (.grpc, "http"), "grpcs": (.grpc, "https"),
    ]

    private static func malformed(_ text: String, _ words: String) -> ClientError {
        ClientError(
            .address,
            at: .item("address", text),
            "\(words), expected `http://host:8000/v2/models/NAME[/versions/V]`, `host:8000` or `grpc://host:8001`"
        )
    }

    /// Whether the connection is to be encrypted.
    package var isEncrypted: Bool { base.scheme == "https" }

    /// The host's name or number, without brackets.
    package var host: String { base.host.filter { $0 != "[" && $0 != "]" } }

    /// The port in digits.
    package var port: String {
        let rest = base.authority.dropFirst(base.host.count)
        return rest.isEmpty ? (isEncrypted ? "443" : "80") : String(rest.dropFirst())
    }

    /// The path of a call behind that of the server.
    package func path(_ path: String) -> String { base.path == "/" ? path : base.path + path }

    /// The address as messages show it.
    package var description: String {
        let scheme = transport == .grpc ? (isEncrypted ? "grpcs" : "grpc") : base.scheme
        return "\(scheme)://\(base.authority)\(base.path == "/" ? "" : base.path)"
    }
}

/// What the path of an address says: `/prefix/v2/models/NAME/versions/V`.
private struct PathParts {
    let prefix: String
    private(set) var model: String?
    private(set) var version: String?

    init?(_ path: String) {
        var parts = path.split(separator: "/").map(String.init)[...]
        let start = parts.lastIndex { $0 == "v2" } ?? parts.endIndex
        prefix = "/" + parts[..<start].joined(separator: "/")
        parts = parts[start...].dropFirst()
        if parts.last == "infer" { parts.removeLast() }
        guard let kind = parts.popFirst() else { return }
        guard kind == "models", let name = parts.popFirst().flatMap(percentDecoded) else { return nil }
        model = name
        guard let word = parts.popFirst() else { return }
        guard word == "versions", let number = parts.popFirst().flatMap(percentDecoded), parts.isEmpty else {
            return nil
        }
        version = number
    }
}

/// A segment of a path with what is escaped in it; `nil` when that is not UTF-8.
///
/// *Source*: RFC 3986, section 2.1.
func percentDecoded(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
            return nil
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}

/// A name as a segment of a path.
///
/// *Source*: RFC 3986, section 2.3: what is not unreserved is escaped.
package func pathSegment(_ name: String) -> String {
    var text = ""
    for byte in name.utf8 {
        let isPlain = byte.isLetterOrDigit || "-._~".utf8.contains(byte)
        let digits = String(byte, radix: 16, uppercase: true)
        text += isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
    }
    return text
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        let lower = self | 0x20
        return (0x30...0x39).contains(self) || (0x61...0x7A).contains(lower)
    }
}

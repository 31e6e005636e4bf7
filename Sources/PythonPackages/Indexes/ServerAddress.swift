import Diagnostics
import Downloads

/// An address of the web with the credentials for its server, which no message shows.
struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    let address: WebAddress
    /// `user:password`.
    let credentials: String?

    init(_ address: WebAddress, credentials: String?) {
        self.address = address
        self.credentials = credentials
    }

    /// Reads an address such as `https://user:password@host/simple`.
    ///
    /// *Throws*: `configuration`, without the address where that may hold a password.
    init(parsing text: String) throws(PythonPackageError) {
        let bytes = Array(text.utf8)
        let start = bytes.firstRange(of: Array("://".utf8))?.upperBound ?? 0
        let end = bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
        let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@"))
        let plain = at.map { Array(bytes[..<start]) + bytes[($0 + 1)...] } ?? bytes
        do {
            address = try WebAddress(parsing: String(decoding: plain, as: UTF8.self))
        } catch {
            let shown = at == nil ? ", got `\(text)`" : ""
            throw PythonPackageError(
                .configuration,
                "the address of an index has another form, expected `https://host/path`\(shown)"
            )
        }
        credentials = at.map { percentDecoded(bytes[start..<$0]) }
    }

    var description: String { address.description }

    /// The credentials for another address: those of the same server alone.
    func credentials(for other: WebAddress) -> String? { address.hasSameOrigin(as: other) ? credentials : nil }

    /// The page of a project below the address of an index.
    func page(of project: String) -> ServerAddress {
        let path = address.path.utf8.last == UInt8(ascii: "/") ? address.path : address.path + "/"
        let page = WebAddress(
            scheme: address.scheme,
            authority: address.authority,
            path: path + project + "/",
            query: address.query
        )
        return ServerAddress(page, credentials: credentials)
    }
}

/// The text that `%20` and the like stand for.
func percentDecoded(_ bytes: some Collection<UInt8>) -> String {
    func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
    var rest = Array(bytes)[...]
    var result: [UInt8] = []
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2, let high = value(rest[rest.startIndex]),
            let low = value(rest[rest.startIndex + 1])
        {
            result.append(high << 4 | low)
            rest = rest.dropFirst(2)
        } else {
            result.append(byte)
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// The path without `.` and `..` in it.
///
/// *Source*: RFC 3986, section 5.2.4.
func withoutDots(_ path: String) -> String {
    var kept: [String] = []
    let parts = split(path, keepsEmpty: true) { $0 == UInt8(ascii: "/") }.dropFirst()
    for (index, part) in parts.enumerated() {
        let isLast = index == parts.count - 1
        if part == ".." { _ = kept.popLast() } else if part != "." { kept.append(part) }
        if isLast, part == ".." || part == "." { kept.append("") }
    }
    return "/" + kept.joined(separator: "/")
}

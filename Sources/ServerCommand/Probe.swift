import Diagnostics
import NIOCore
import ServingTransport

/// Asks a server whether it is ready: what a container's health check runs where there is no other client.
///
/// *Throws*: `address` when the answer is not 200, `usage` for a URL that is not of a numeric address, `credentials` and
/// what keeps files from being read for those of TLS.
func probe(_ arguments: [String]) throws {
    let target = try ProbeTarget(arguments)
    let bytes: [UInt8]
    do {
        bytes = try answer(
            to: Array("GET \(target.path) HTTP/1.1\r\nhost: \(target.authority)\r\nconnection: close\r\n\r\n".utf8),
            host: target.host,
            port: target.port,
            trust: target.trust,
            byteCount: "HTTP/1.1 200".utf8.count
        )
    } catch let error as ServerError where error.code == .address {
        throw ServerError(.address, "asking `\(target.url)`: \(error.message)")
    }
    let status = String(decoding: bytes.dropFirst(9), as: UTF8.self)
    guard status == "200" else {
        throw ServerError(.address, "`\(target.url)` answers with status \(status), expected 200")
    }
}

/// What a probe asks, and how.
private struct ProbeTarget {
    private(set) var url = "http://127.0.0.1:8000/v2/health/ready"
    private(set) var authority = ""
    private(set) var host = ""
    private(set) var port = 0
    private(set) var path = ""
    /// How the server is known; `nil` without TLS.
    private(set) var trust: TLSTrust?

    /// *Throws*: `usage`.
    init(_ arguments: [String]) throws(ServerError) {
        var trust = TLSTrust()
        var urls: [String] = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--insecure": trust.trustsAll = true
            case "--ca": trust.authorities = try Self.value(of: word, &rest)
            case "--certificate": trust.certificate = try Self.value(of: word, &rest)
            case "--key": trust.key = try Self.value(of: word, &rest)
            case let word where word.hasPrefix("-"): throw ServerError(.usage, "unknown option `\(word)`")
            default: urls.append(word)
            }
        }
        guard (trust.certificate == nil) == (trust.key == nil) else {
            throw ServerError(.usage, "one of `--certificate` and `--key` stands alone, expected both")
        }
        url = urls.first ?? url
        guard urls.count <= 1, read(url) else {
            throw ServerError(
                .usage,
                "the URL is wrong, expected `http://127.0.0.1:8000/v2/health/ready`, got `\(url)`"
            )
        }
        if url.hasPrefix("https:") { self.trust = trust }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(ServerError) -> String {
        guard let value = rest.popFirst() else {
            throw ServerError(.usage, "`\(option)` has no value, expected `FILE`")
        }
        return value
    }

    /// Takes a URL apart; `false` when it is none of a numeric address.
    private mutating func read(_ url: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else { return false }
        let rest = url.dropFirst(scheme.count)
        authority = String(rest.prefix { $0 != "/" })
        let path = rest.dropFirst(authority.count)
        self.path = path.isEmpty || path == "/" ? "/v2/health/ready" : String(path)
        let end = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
        let colon = authority[end...].firstIndex(of: ":") ?? authority.endIndex
        host = String(authority[..<colon]).filter { $0 != "[" && $0 != "]" }
        if host == "localhost" { host = "127.0.0.1" }
        let digits = authority[colon...].dropFirst()
        guard let port = colon == authority.endIndex ? (scheme == "http://" ? 80 : 443) : Int(digits), 0...65535 ~= port
        else { return false }
        self.port = port
        return (try? SocketAddress(ipAddress: host, port: port)) != nil
    }
}

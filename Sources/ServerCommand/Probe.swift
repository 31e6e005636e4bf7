import Diagnostics
import Glibc
import ServingTransport

/// Asks a server whether it is ready: what a container's health check runs where there is no other client.
///
/// *Throws*: `address` when the answer is not 200, `usage` for a URL that is not of a numeric IPv4 address.
func probe(_ arguments: [String]) throws(ServerError) {
    let url = arguments.first ?? "http://127.0.0.1:8000/v2/health/ready"
    guard arguments.count <= 1, let target = ProbeTarget(url) else {
        throw ServerError(.usage, "the URL is wrong, expected `http://127.0.0.1:8000/v2/health/ready`, got `\(url)`")
    }
    let status = try target.status()
    guard status == "200" else { throw ServerError(.address, "`\(url)` answers with status \(status), expected 200") }
}

private struct ProbeTarget {
    private let url: String
    private let host: String
    private let port: UInt16
    private let path: String

    init?(_ url: String) {
        let scheme = "http://"
        guard url.hasPrefix(scheme) else { return nil }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, !host.isEmpty else { return nil }
        guard let port = parts.count == 2 ? UInt16(parts[1]) : 80 else { return nil }
        self.url = url
        self.host = host == "localhost" ? "127.0.0.1" : String(host)
        self.port = port
        let path = rest.dropFirst(authority.count)
        self.path = path.isEmpty || path == "/" ? "/v2/health/ready" : String(path)
        var address = in_addr()
        guard inet_pton(AF_INET, self.host, &address) == 1 else { return nil }
    }

    /// The status code of the answer.
    func status() throws(ServerError) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw failure() }
        let request = Array("GET \(path) HTTP/1.1\r\nhost: \(host)\r\nconnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else { throw failure() }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64)
        // `HTTP/1.1 200`
        while answer.count < 12 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { throw failure() }
            guard count > 0 else { break }
            answer += chunk[..<count]
        }
        return String(decoding: answer.prefix(12).dropFirst(9), as: UTF8.self)
    }

    private func failure() -> ServerError {
        ServerError(.address, "asking `\(url)`: \(systemMessage(errno))")
    }
}

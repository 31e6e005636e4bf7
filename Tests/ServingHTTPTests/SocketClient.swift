import Glibc
import Testing

/// A plain TCP client that blocks.
final class SocketClient {
    /// Nobody listens there.
    struct Refused: Error {}

    private let descriptor: CInt

    /// Connects to an address of the form `127.0.0.1:8000`.
    init(_ url: String) throws {
        let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        // A test that would wait forever fails instead.
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        // The bytes of a `sockaddr_in`: SwiftNIO's C module and Glibc both claim its fields.
        var address = [UInt8](repeating: 0, count: 16)
        withUnsafeBytes(of: sa_family_t(AF_INET)) { address.replaceSubrange(0..<2, with: $0) }
        withUnsafeBytes(of: port.bigEndian) { address.replaceSubrange(2..<4, with: $0) }
        address.replaceSubrange(4..<8, with: [127, 0, 0, 1])
        let connected = address.withUnsafeBytes { bytes in
            connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard connected == 0 else { throw Refused() }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// What the server sends until it closes, or until `count` answers are there.
    func receive(_ count: Int = .max) -> String {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while text.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: false).count - 1 < count || !isWhole(text) {
            let received = recv(descriptor, &chunk, chunk.count, 0)
            guard received > 0 else { break }
            text += String(decoding: chunk[..<received], as: UTF8.self)
        }
        return text
    }

    /// Whether the last answer has the body that its head announces.
    private func isWhole(_ text: String) -> Bool {
        guard let last = text.split(separator: "HTTP/1.1 ").last else { return false }
        let parts = last.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let length = parts[0].split(separator: "content-length: ").last?.prefix { $0.isNumber }
        return parts.count == 2 && length.flatMap { Int($0) } == parts[1].utf8.count
    }
}

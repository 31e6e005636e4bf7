import Glibc

/// A request to a collector: JSON over a connection of HTTP/1.1 that is closed behind it.
struct HTTPPost {
    private let endpoint: OTLPEndpoint
    /// How long each step may take, in seconds.
    private let timeout: Int

    init(_ endpoint: OTLPEndpoint, timeout: Int) {
        self.endpoint = endpoint
        self.timeout = timeout
    }

    /// Posts a body; the status of the answer, or `nil` when there was none.
    func status(of body: [UInt8]) -> Int? {
        guard let descriptor = connected() else { return nil }
        defer { close(descriptor) }
        let head =
            "POST \(endpoint.path) HTTP/1.1\r\nhost: \(endpoint.authority)\r\ncontent-type: application/json\r\n"
            + "content-length: \(body.count)\r\nconnection: close\r\n\r\n"
        guard send(Array(head.utf8) + body, to: descriptor) else { return nil }
        return answer(from: descriptor)
    }

    private func connected() -> CInt? {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(endpoint.host, "\(endpoint.port)", &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            let kind = entry.ai_socktype | CInt(SOCK_CLOEXEC.rawValue)
            let descriptor = socket(entry.ai_family, kind, entry.ai_protocol)
            guard descriptor >= 0 else { continue }
            var limit = timeval(tv_sec: timeout, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
            if connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return descriptor }
            close(descriptor)
        }
        return nil
    }

    private func send(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.send(descriptor, part.baseAddress, part.count, CInt(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    /// The status of the answer's first line, `HTTP/1.1 200`.
    private func answer(from descriptor: CInt) -> Int? {
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 256)
        while answer.count < 12 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            answer += chunk[..<count]
        }
        guard answer.starts(with: Array("HTTP/1.".utf8)) else { return nil }
        return Int(String(decoding: answer[9..<12], as: UTF8.self))
    }
}

import Glibc

/// A connection to the server, made when it is first needed and again when it broke.
final class LoadConnection {
    private let target: LoadTarget
    private(set) var exchange: any LoadExchange
    /// The socket; -1 where there is none.
    private(set) var descriptor: CInt = -1
    private var isConnecting = false
    /// Nanoseconds before which no other connection is tried, so that a server that is away is not asked without end.
    private(set) var pausedUntil = 0

    private static let pause = 10_000_000

    init(_ target: LoadTarget) {
        self.target = target
        exchange = Self.exchange(target)
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    private static func exchange(_ target: LoadTarget) -> any LoadExchange {
        let exchange: any LoadExchange =
            switch target.request {
            case .http(let bytes): HTTP1Exchange(bytes)
            case .grpc(let fields, let body): GRPCExchange(fields: fields, body: body)
            }
        return target.tls.map { TLSExchange(exchange, $0) } ?? exchange
    }

    /// What to wait for on the socket; `nil` where there is none.
    var awaited: pollfd? {
        guard descriptor >= 0 else { return nil }
        let events = isConnecting ? POLLOUT : exchange.hasOutput ? POLLIN | POLLOUT : POLLIN
        return pollfd(fd: descriptor, events: Int16(events), revents: 0)
    }

    /// Begins a request; the words of what keeps it from being sent.
    func begin(_ request: LoadRequest) -> String? {
        if descriptor < 0, let words = connect() { return words }
        guard exchange.begin(request) else { return "the connection takes no more requests" }
        return isConnecting ? nil : flush()
    }

    private func connect() -> String? {
        descriptor = socket(target.family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return lastError() }
        var isOn: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<CInt>.size))
        let status = target.address.withUnsafeBytes { bytes in
            bytes.bindMemory(to: sockaddr.self).baseAddress.map {
                Glibc.connect(descriptor, $0, socklen_t(bytes.count))
            } ?? -1
        }
        isConnecting = status != 0
        return status == 0 || errno == EINPROGRESS ? nil : lastError()
    }

    private func flush() -> String? {
        var words: String?
        let isWell = exchange.flush { bytes in
            let count = send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            if count >= 0 { return count }
            if errno == EAGAIN || errno == EINTR { return 0 }
            words = lastError()
            return nil
        }
        return isWell ? nil : words ?? "the connection is closed"
    }

    /// Does what the socket is ready for; the words of what broke the connection.
    func handle(
        _ events: Int16,
        _ room: UnsafeMutableRawBufferPointer,
        _ finish: @escaping (LoadRequest, LoadOutcome) -> Void
    ) -> String? {
        if isConnecting {
            var code: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
            guard code == 0 else { return words(of: code) }
            isConnecting = false
        } else if Int32(events) & (POLLIN | POLLHUP | POLLERR) != 0, let words = receive(room, finish) {
            return words
        }
        return flush()
    }

    private func receive(
        _ room: UnsafeMutableRawBufferPointer,
        _ finish: @escaping (LoadRequest, LoadOutcome) -> Void
    ) -> String? {
        let count = recv(descriptor, room.baseAddress, room.count, 0)
        guard count > 0 else {
            if count == 0 { return "the server closed the connection" }
            return errno == EAGAIN || errno == EINTR ? nil : lastError()
        }
        let isWell = exchange.receive(UnsafeRawBufferPointer(rebasing: room[..<count]), finish)
        return isWell ? nil : "the server closed the connection"
    }

    /// Closes the connection; the requests that were open on it.
    func close(at time: Int, isFailure: Bool) -> [LoadRequest] {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
        isConnecting = false
        let open = exchange.open
        exchange = Self.exchange(target)
        if isFailure { pausedUntil = time + Self.pause }
        return open
    }
}

private func lastError() -> String { words(of: errno) }

private func words(of code: CInt) -> String {
    strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
}

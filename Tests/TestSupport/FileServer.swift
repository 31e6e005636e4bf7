import Foundation
import Synchronization

/// A web server on the loopback that serves bytes by path, and breaks in the ways that servers do.
package final class FileServer: Sendable {
    /// What goes wrong with an answer.
    package enum Fault: Sendable {
        /// The connection ends after so many bytes of the body.
        case cut(after: Int)
        /// The range that was asked for is ignored.
        case wholeFile
        case status(Int)
        /// The answer leads to another address.
        case redirect(String)
    }

    private struct State {
        var files: [String: [UInt8]] = [:]
        var types: [String: String] = [:]
        var faults: [String: [Fault]] = [:]
        var requests: [String] = []
        var credentials: [String] = []
    }

    private let state = Mutex(State())
    private let socket: Int32
    /// The address, without a slash at the end.
    package let address: String

    /// Starts serving on a free port.
    package init() throws {
        #if canImport(Glibc)
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, size) == 0 && listen(socket, 16) == 0 && getsockname(socket, address, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        Thread { [weak self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0, let self else { return }
                self.answer(connection)
            }
        }.start()
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    /// Serves bytes under a path, with faults for the first requests.
    package func serve(_ path: String, _ bytes: [UInt8], type: String? = nil, faults: [Fault] = []) {
        state.withLock { state in
            state.files[path] = bytes
            state.types[path] = type
            state.faults[path] = faults
        }
    }

    /// What was asked for so far: the path, and the range if there was one.
    package var requests: [String] { state.withLock { $0.requests } }

    /// The path and the credentials of each request that had some.
    package var credentials: [String] { state.withLock { $0.credentials } }

    private func answer(_ connection: Int32) {
        defer { close(connection) }
        var request: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !request.suffix(4).elementsEqual([13, 10, 13, 10]) {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            request += chunk[..<count]
        }
        let lines = String(decoding: request, as: UTF8.self).split(separator: "\r\n")
        let path = lines.first.map { String($0.split(separator: " ")[1]) } ?? ""
        let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }.map { $0.dropFirst(13) }
        let credentials = lines.first { $0.lowercased().hasPrefix("authorization: ") }.map { $0.dropFirst(15) }
        let (bytes, type, fault) = state.withLock { state -> ([UInt8]?, String?, Fault?) in
            state.requests.append(path + (range.map { " \($0)" } ?? ""))
            if let credentials { state.credentials.append("\(path) \(credentials)") }
            let fault = state.faults[path]?.isEmpty == false ? state.faults[path]?.removeFirst() : nil
            return (state.files[path], state.types[path], fault)
        }
        let isHead = lines.first?.hasPrefix("HEAD ") ?? false
        for piece in response(bytes, type, range, fault).prefix(isHead ? 1 : 2) {
            _ = piece.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
    }

    private func response(
        _ bytes: [UInt8]?,
        _ type: String?,
        _ range: Substring?,
        _ fault: Fault?
    ) -> [[UInt8]] {
        if case .status(let status) = fault { return [Array("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n".utf8)] }
        if case .redirect(let address) = fault {
            return [Array("HTTP/1.1 302 Found\r\nLocation: \(address)\r\nContent-Length: 0\r\n\r\n".utf8)]
        }
        guard let bytes else { return [Array("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".utf8)] }
        var start = range.flatMap { Int($0.prefix { $0 != "-" }) } ?? 0
        if case .wholeFile = fault { start = 0 }
        guard start < bytes.count || bytes.isEmpty else {
            return [Array("HTTP/1.1 416 X\r\nContent-Length: 0\r\n\r\n".utf8)]
        }
        let body = Array(bytes[start...])
        var head = start > 0 ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n"
        if start > 0 { head += "Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)\r\n" }
        if let type { head += "Content-Type: \(type)\r\n" }
        head += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        if case .cut(let count) = fault { return [Array(head.utf8), Array(body.prefix(count))] }
        return [Array(head.utf8), body]
    }
}

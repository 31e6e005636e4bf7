import Diagnostics
import Downloads
import Glibc
package import ServingClient
import ServingGRPC

/// The request that is made again and again, and where.
package struct LoadTarget: Sendable {
    /// What is sent.
    enum Request: Sendable {
        /// The bytes of a request of HTTP/1.1, head and body.
        case http([UInt8])
        /// The head and the body of a request of HTTP/2.
        case grpc(fields: [(name: String, value: String)], body: [UInt8])
    }

    let request: Request
    /// A `sockaddr` of the server, and its family.
    let address: [UInt8]
    let family: CInt
    /// `nil` where connections are not encrypted.
    let tls: TLSPeer?

    /// A target.
    ///
    /// *Throws*: `host` where the host has no address, what is wrong with the files of an encrypted one, and what a call
    /// throws that has no form on the wire.
    package init(_ address: ServerAddress, _ call: InferenceCall, _ options: ClientOptions) throws {
        tls = address.isEncrypted ? try TLSPeer(address, options.certificates) : nil
        switch address.transport {
        case .http:
            let body = try inferBody(call)
            let path = address.path(modelPath(call.model, version: call.version) + "/infer")
            var head = "POST \(path) HTTP/1.1\r\nhost: \(address.base.authority)\r\nuser-agent: mlpack\r\n"
            for field in body.headers + options.headers { head += "\(field.name): \(field.value)\r\n" }
            head += "content-length: \(body.bytes.count)\r\n\r\n"
            request = .http(Array(head.utf8) + body.bytes)
        case .grpc:
            let fields = [
                (":method", "POST"), (":scheme", address.base.scheme), (":authority", address.base.authority),
                (":path", "/inference.GRPCInferenceService/ModelInfer"), ("content-type", "application/grpc"),
                ("te", "trailers"), ("user-agent", "mlpack"),
            ]
            request = .grpc(
                fields: fields.map { (name: $0.0, value: $0.1) } + options.headers,
                body: framed(try inferMessage(call))
            )
        }
        (self.address, family) = try Self.resolve(address)
    }

    private static func resolve(_ address: ServerAddress) throws(LoadError) -> ([UInt8], CInt) {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, address.port, &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard status == 0, let first = found?.pointee, let place = first.ai_addr else {
            let words = gai_strerror(status).map { String(cString: $0).lowercased() } ?? "no address"
            throw LoadError(.host, at: .item("host", address.host), words)
        }
        let bytes = UnsafeRawBufferPointer(start: place, count: Int(first.ai_addrlen))
        return (Array(bytes), first.ai_family)
    }
}

import Compression
import Diagnostics
import ServingTransport

/// The head of a call: what is called, and how both sides compress.
///
/// *Source*: gRPC over HTTP2, Requests.
struct GRPCHead {
    /// The name of the method with that of its service: `inference.GRPCInferenceService/ModelInfer`.
    let method: String
    /// The compression that the client takes of those that there are; `nil` for none.
    let answerEncoding: DeflateFormat?
    /// How long after its arrival the client waits, in nanoseconds.
    let timeout: Int?
    /// The name of how the client compresses its messages.
    let encoding: String

    /// *Throws*: the status of a head that has no such form.
    init(_ request: HTTPRequest) throws(GRPCFailure) {
        method = String(request.target.dropFirst())
        encoding = request.values(of: "grpc-encoding").first ?? "identity"
        let accepted = request.values(of: "grpc-accept-encoding").flatMap { $0.split(separator: ",") }
        answerEncoding = accepted.lazy.compactMap { DeflateFormat(grpcName: $0.filter { $0 != " " }) }.first
        timeout = try Self.timeout(request)
    }

    /// The one message of a body.
    func message(_ body: [UInt8], limit: Int) throws(GRPCFailure) -> [UInt8] {
        var messages = GRPCMessages(encoding: encoding, limit: limit)
        messages.append(body)
        guard let message = try messages.next(), messages.isEmpty else {
            throw GRPCFailure(
                code: .internal,
                message: "the call has another message than it says, expected one of its length in \(body.count) bytes"
            )
        }
        return message
    }

    /// *Source*: gRPC over HTTP2, `Timeout`: at most eight digits and a unit.
    private static func timeout(_ request: HTTPRequest) throws(GRPCFailure) -> Int? {
        guard let text = request.values(of: "grpc-timeout").first else { return nil }
        let units: [Character: Int] = [
            "H": 3_600_000_000_000, "M": 60_000_000_000, "S": 1_000_000_000, "m": 1_000_000, "u": 1000, "n": 1,
        ]
        guard text.utf8.count <= 9, let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            text.utf8.dropLast().allSatisfy({ (0x30...0x39).contains($0) })
        else { throw GRPCFailure(code: .internal, message: "the timeout has another form, got `\(text)`") }
        let (timeout, isTooLong) = count.multipliedReportingOverflow(by: unit)
        return isTooLong ? nil : timeout
    }
}

/// The messages of a call, each with its length before it, as their bytes arrive.
///
/// *Source*: gRPC over HTTP2, Length-Prefixed-Message.
package struct GRPCMessages {
    private let encoding: String
    private let limit: Int
    private var bytes: [UInt8] = []

    /// No message yet.
    ///
    /// *Parameter* encoding: what the head says of compression.
    /// *Parameter* limit: the most bytes that a message may have, before and after decompression.
    package init(encoding: String, limit: Int) {
        self.encoding = encoding
        self.limit = limit
    }

    /// Whether no byte is left.
    package var isEmpty: Bool { bytes.isEmpty }

    /// The bytes that are left.
    var byteCount: Int { bytes.count }

    /// Takes the bytes that come next.
    package mutating func append(_ bytes: some Sequence<UInt8>) { self.bytes.append(contentsOf: bytes) }

    /// The next message; `nil` when it has not arrived whole.
    ///
    /// *Throws*: the status of a message that is too long, or in a compression that is not supported.
    package mutating func next() throws(GRPCFailure) -> [UInt8]? {
        guard bytes.count >= 5 else { return nil }
        let length = bytes[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else {
            throw GRPCFailure(
                code: .resourceExhausted,
                message: "the message is too long, expected at most \(limit) bytes, got \(length)"
            )
        }
        guard bytes.count - 5 >= length else { return nil }
        let flag = bytes[0]
        let message = Array(bytes[5..<5 + length])
        bytes = Array(bytes[(5 + length)...])
        return try self.message(flag, message)
    }

    /// The message behind a prefix.
    private func message(_ flag: UInt8, _ bytes: [UInt8]) throws(GRPCFailure) -> [UInt8] {
        guard flag != 0 else { return bytes }
        guard flag == 1, encoding != "identity" else {
            throw GRPCFailure(
                code: .internal,
                message: "the message says to be compressed, expected `grpc-encoding` to say how"
            )
        }
        guard let format = DeflateFormat(grpcName: encoding) else {
            throw GRPCFailure(
                code: .unimplemented,
                message: "the compression `\(encoding)` is not supported, expected gzip, deflate or identity"
            )
        }
        do throws(CompressionError) {
            return try inflate(bytes, format, limit: limit, isWhole: true)
        } catch {
            throw GRPCFailure(
                code: error.code == .tooLarge ? .resourceExhausted : .internal,
                message: error.description
            )
        }
    }
}

/// A message behind its length, as calls carry it.
///
/// *Parameter* isCompressed: whether it is in the encoding that the head names.
///
/// *Source*: gRPC over HTTP2, Length-Prefixed-Message.
package func framed(_ message: [UInt8], isCompressed: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = [isCompressed ? 1 : 0]
    bytes.reserveCapacity(message.count + 5)
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: message.count).bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: message)
    return bytes
}

extension DeflateFormat {
    /// The format of a name of `grpc-encoding`; `nil` for `identity`.
    init?(grpcName: String) {
        switch grpcName {
        case "gzip": self = .gzip
        case "deflate": self = .zlib
        default: return nil
        }
    }

    var grpcName: String { self == .gzip ? "gzip" : "deflate" }
}

extension HTTPResponse {
    /// The answer to a call that ended well.
    init(_ message: [UInt8], _ encoding: DeflateFormat?) {
        self.init(part: message, encoding)
        trailers = [("grpc-status", "0")]
    }

    /// One message of an answer.
    init(part message: [UInt8], _ encoding: DeflateFormat?) {
        var payload = message
        var isCompressed = false
        if let encoding, message.count >= 1024,
            let smaller = try? DeflateCompressor(encoding, level: 1).compressed(message), smaller.count < message.count
        {
            payload = smaller
            isCompressed = true
        }
        var headers = [(name: "content-type", value: "application/grpc")]
        if isCompressed, let encoding { headers.append(("grpc-encoding", encoding.grpcName)) }
        self.init(status: .ok, headers: headers, body: framed(payload, isCompressed: isCompressed))
    }

    /// The answer to a call that failed: a head and nothing else.
    init(_ failure: GRPCFailure) {
        self.init(
            status: .ok,
            headers: [
                ("content-type", "application/grpc")
            ] + failure.fields
        )
    }

    /// The end of an answer in parts.
    init(end failure: GRPCFailure?) {
        self.init(status: .ok, trailers: failure?.fields ?? [("grpc-status", "0")])
    }
}

extension GRPCFailure {
    fileprivate var fields: [(name: String, value: String)] {
        [("grpc-status", "\(code.rawValue)"), ("grpc-message", percentEncoded(message))]
    }
}

/// A message as a header field has it: what is not printable ASCII, and the percent sign, as `%XX` of its UTF-8.
private func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8.prefix(4096) {
        if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
            bytes.append(byte)
        } else {
            bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

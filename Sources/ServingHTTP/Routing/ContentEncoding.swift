import Compression
import Diagnostics
import ServingCore
import ServingTransport

/// A request whose body is what was compressed.
///
/// *Throws*: `encoding` for another compression than gzip, deflate and none, `request` for a damaged stream and for
/// bytes behind it, `tooLarge` for a body beyond the limit.
/// *Source*: RFC 9110, section 8.4.1; `deflate` is the format of zlib.
func decoded(_ request: HTTPRequest, limit: Int) throws(ServingError) -> HTTPRequest {
    let encodings = request.values(of: "content-encoding").flatMap(words).filter { $0 != "identity" }
    guard let encoding = encodings.first else { return request }
    guard encodings.count == 1, let format = DeflateFormat(contentEncoding: encoding) else {
        throw ServingError(
            .encoding,
            "the content encoding `\(encodings.joined(separator: ", "))` is not supported, expected gzip or deflate"
        )
    }
    var request = request
    do throws(CompressionError) {
        request.body = try inflate(request.body, format, limit: limit, isWhole: true)
    } catch {
        throw ServingError(error.code == .tooLarge ? .tooLarge : .request, at: error.place, error.message)
    }
    return request
}

/// An answer in the compression that a request asks for, when that makes it smaller.
func encoded(_ response: HTTPResponse, for request: HTTPRequest) -> HTTPResponse {
    guard response.status == .ok, response.body.count >= leastCompressedByteCount else { return response }
    let wanted = request.values(of: "accept-encoding").flatMap(words)
    let format = wanted.lazy.compactMap { DeflateFormat(acceptedEncoding: $0) }.first
    guard let format, let body = try? DeflateCompressor(format, level: 1).compressed(response.body),
        body.count < response.body.count
    else { return response }
    var response = response
    response.body = body
    response.headers.append(("content-encoding", format.contentEncoding))
    response.headers.append(("vary", "accept-encoding"))
    return response
}

/// Whether a client takes gzip.
func acceptsGzip(_ request: HTTPRequest) -> Bool {
    request.values(of: "accept-encoding").flatMap(words).contains { DeflateFormat(acceptedEncoding: $0) == .gzip }
}

/// Below this size in bytes the fields of the head weigh more than what is won.
private let leastCompressedByteCount = 256

/// The words of a list in a header field, in lower case and without blanks.
private func words(_ value: String) -> [String] {
    value.lowercased().filter { $0 != " " && $0 != "\t" }.split(separator: ",").map(String.init)
}

extension DeflateFormat {
    fileprivate init?(contentEncoding: String) {
        switch contentEncoding {
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .zlib
        default: return nil
        }
    }

    /// The format of an element of `Accept-Encoding`; `nil` when it is none of ours, or refused with `q=0`.
    fileprivate init?(acceptedEncoding: String) {
        let parts = acceptedEncoding.split(separator: ";")
        let isRefused = parts.dropFirst().contains { $0.hasPrefix("q=0") && $0.allSatisfy { "q=0.".contains($0) } }
        guard let name = parts.first, !isRefused else { return nil }
        self.init(contentEncoding: String(name))
    }

    fileprivate var contentEncoding: String { self == .gzip ? "gzip" : "deflate" }
}

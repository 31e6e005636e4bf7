import CCurl
import Diagnostics
import Files
import Glibc

/// Requests to servers, one after the other, over connections that stay open between them.
///
/// Nothing is followed, repeated or authenticated here: every answer goes back to the caller, whatever its status.
package final class HTTPConnection {
    /// Takes the next bytes of an answer's body.
    package typealias Consumer = (HTTPResponse, UnsafeRawBufferPointer) throws -> Void

    private let handle: CurlHandle
    private var response = HTTPResponse(status: 0)
    private var body = BodyReader(.none)
    private var isRepeatable = false
    private var consume: Consumer = { _, _ in }
    private var progress: (Int) -> Void = { _ in }
    private var failure: (any Error)?

    /// Takes libcurl into use.
    ///
    /// *Throws*: `refused` when it is not on the machine.
    package init() throws(DownloadError) { handle = try CurlHandle() }

    /// Sends a request and waits for the end of its answer.
    ///
    /// *Parameter* progress: gets the number of bytes of the body that were sent so far.
    /// *Throws*: `interrupted` when the connection broke, `refused` when there can be none, `timedOut` when the request's
    /// time is over, and what `consume` throws.
    package func send(
        _ request: HTTPRequest,
        progress: @escaping (Int) -> Void = { _ in },
        _ consume: @escaping Consumer = { _, _ in }
    ) throws -> HTTPResponse {
        response = HTTPResponse(status: 0)
        failure = nil
        self.consume = consume
        self.progress = progress
        body = BodyReader(request.body)
        isRepeatable = request.isRepeatable
        defer {
            body = BodyReader(.none)
            self.consume = { _, _ in }
            self.progress = { _ in }
        }
        try body.open()
        configure(request)
        var lines: UnsafeMutablePointer<curl_slist>?
        defer { handle.curl.free_list(lines) }
        // A body is not announced: whether it is wanted is known from the request before it.
        for header in request.headers + [("Expect", "")] {
            let line = header.value.isEmpty ? "\(header.name):" : "\(header.name): \(header.value)"
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw DownloadError(.refused, "a header of the request holds a control character")
            }
            guard let longer = handle.curl.append(lines, line) else {
                throw DownloadError(.refused, "no memory for a request")
            }
            lines = longer
        }
        handle.set(CURLOPT_HTTPHEADER, UnsafeMutableRawPointer(lines))
        let code = handle.perform()
        if let failure { throw failure }
        // SPEC: RFC 9113, 8.1: an answer that came whole counts, also when the server wants no more of the request.
        let isAnswered = code == CURLE_HTTP2_STREAM && request.version == .http2 && response.status >= 200
        guard code == CURLE_OK || isAnswered else {
            let isLate = code == CURLE_OPERATION_TIMEDOUT && request.timeout != nil
            throw DownloadError(
                isLate ? .timedOut : isBroken(code) ? .interrupted : .refused,
                at: .file(request.address.description),
                handle.words(code)
            )
        }
        return response
    }

    private func configure(_ request: HTTPRequest) {
        handle.reset()
        handle.set(CURLOPT_URL, request.address.text)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_USERAGENT, "mlpack")
        // As OpenSSL's own programs and Go's do, for registries whose certificates the machine does not know.
        let authorities = request.certificates.authorities ?? getenv("SSL_CERT_FILE").map { String(cString: $0) }
        for (option, path) in [
            (CURLOPT_CAINFO, authorities), (CURLOPT_SSLCERT, request.certificates.certificate),
            (CURLOPT_SSLKEY, request.certificates.key),
        ] {
            if let path { handle.set(option, path) }
        }
        // A proxy reaches another machine's loopback.
        if request.address.isLoopback { handle.set(CURLOPT_NOPROXY, "*") }
        let hasBody = [.post, .put, .patch].contains(request.method)
        for (option, value) in [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT, 20), (CURLOPT_LOW_SPEED_LIMIT, 1),
            // A registry is silent while it takes the digest of what was sent.
            (CURLOPT_LOW_SPEED_TIME, hasBody ? 300 : 60), (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            (CURLOPT_PATH_AS_IS, 1), (CURLOPT_BUFFERSIZE, 1 << 18), (CURLOPT_UPLOAD_BUFFERSIZE, 1 << 18),
        ] {
            handle.set(option, value)
        }
        if let timeout = request.timeout { handle.set(CURLOPT_TIMEOUT_MS, timeout) }
        switch request.version {
        case .negotiated: break
        case .http1: handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        case .http2:
            handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE))
            // libcurl 7.88 loses its place in such a connection when it is used again.
            handle.set(CURLOPT_FORBID_REUSE, 1)
        }
        if request.method == .head { handle.set(CURLOPT_NOBODY, 1) }
        if hasBody {
            handle.set(CURLOPT_UPLOAD, 1)
            handle.set(offset: CURLOPT_INFILESIZE_LARGE, request.body.byteCount)
        }
        handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        setCallbacks()
    }

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA] {
            handle.set(option, context)
        }
        _ = mlpack_curl_set_write(handle.curl, handle.pointer) { bytes, size, count, context in
            let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return HTTPConnection.from(context)?.take(piece) == true ? piece.count : 0
        }
        _ = mlpack_curl_set_header(handle.curl, handle.pointer) { bytes, size, count, context in
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return HTTPConnection.from(context)?.takeHeader(line) == true ? line.count : 0
        }
        _ = mlpack_curl_set_read(handle.curl, handle.pointer) { bytes, size, count, context in
            let room = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return HTTPConnection.from(context)?.give(room) ?? Int(CURL_READFUNC_ABORT)
        }
        // libcurl repeats a request by itself when an open connection turns out to be dead. What the server has taken of a
        // body by then is known to the caller alone, so only one that was not begun, or that says so, may be repeated.
        _ = mlpack_curl_set_seek(handle.curl, handle.pointer) { context, offset, origin in
            let isRewound = origin == SEEK_SET && offset == 0 && HTTPConnection.from(context)?.rewind() == true
            return isRewound ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPConnection? {
        context.map { Unmanaged<HTTPConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        do {
            try consume(response, bytes)
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Takes a line of the head; each status line starts another answer, of which the last counts.
    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let line = String(decoding: bytes, as: UTF8.self).filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
        if line.hasPrefix("HTTP/") {
            let words = line.split(separator: " ")
            response = HTTPResponse(status: words.count > 1 ? Int(words[1]) ?? 0 : 0)
        } else if let colon = line.firstIndex(of: ":"), response.headers.count < 200 {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            response.headers.append((line[..<colon].lowercased(), String(value)))
        }
        return true
    }

    private func rewind() -> Bool {
        guard body.position == 0 || isRepeatable else { return false }
        body.rewind()
        return true
    }

    private func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
        do {
            let count = try body.read(into: room)
            progress(body.position)
            return count
        } catch {
            failure = error
            return Int(CURL_READFUNC_ABORT)
        }
    }
}

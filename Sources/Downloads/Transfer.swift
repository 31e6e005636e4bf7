import CCurl
import Diagnostics
import Glibc

/// One request of libcurl, whose body goes to a closure.
final class Transfer {
    /// How a request ended.
    enum Outcome {
        case done
        /// The server has no such thing.
        case notFound
        /// The server cannot start where it was asked to.
        case rangeRefused
        /// The connection broke; what came until then is good.
        case broken(String)
        case refused(String)
    }

    private let curl: mlpack_curl
    private let handle: UnsafeMutableRawPointer
    private var consume: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    private var progress: (Int, Int) -> Void = { _, _ in }
    private var consumerError: (any Error)?

    init() throws(DownloadError) {
        var curl = mlpack_curl()
        guard mlpack_curl_open(&curl) == 1, let handle = curl.make() else {
            throw DownloadError(
                .refused,
                "there is no libcurl on this machine, expected `libcurl.so.4`",
                hint: "install it with `apt-get install libcurl4`"
            )
        }
        self.curl = curl
        self.handle = handle
    }

    deinit { curl.cleanup(handle) }

    /// Requests `url` from byte `start` on, and waits for the end.
    ///
    /// *Throws*: what `consume` throws.
    func run(
        url: String,
        from start: Int,
        progress: @escaping (Int, Int) -> Void,
        _ consume: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Outcome {
        self.consume = consume
        self.progress = progress
        consumerError = nil
        configure(url: url, from: start)
        let code = curl.perform(handle)
        if let consumerError { throw consumerError }
        let status = mlpack_curl_status(curl, handle)
        let words = curl.words(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
        switch code {
        case CURLE_OK: return .done
        case CURLE_HTTP_RETURNED_ERROR where [404, 410].contains(status): return .notFound
        case CURLE_HTTP_RETURNED_ERROR where status == 416: return .rangeRefused
        case CURLE_HTTP_RETURNED_ERROR where [429, 500, 502, 503, 504].contains(status):
            return .broken("the server answered \(status)")
        case CURLE_HTTP_RETURNED_ERROR: return .refused("the server answered \(status)")
        case CURLE_RANGE_ERROR: return .rangeRefused
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_CONNECT,
            CURLE_HTTP2_STREAM, CURLE_SEND_ERROR:
            return .broken(words.lowercased())
        default: return .refused(words.prefix(1).lowercased() + words.dropFirst())
        }
    }

    private func configure(url: String, from start: Int) {
        curl.reset(handle)
        _ = mlpack_curl_set_string(curl, handle, CURLOPT_URL, url)
        _ = mlpack_curl_set_string(curl, handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = mlpack_curl_set_string(curl, handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        _ = mlpack_curl_set_string(curl, handle, CURLOPT_USERAGENT, "mlpack")
        for (option, value) in [
            (CURLOPT_FAILONERROR, 1), (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, 5), (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_CONNECTTIMEOUT, 20), (CURLOPT_LOW_SPEED_LIMIT, 100), (CURLOPT_LOW_SPEED_TIME, 30),
            (CURLOPT_NOPROGRESS, 0),
        ] {
            _ = mlpack_curl_set_long(curl, handle, option, value)
        }
        if start > 0 { _ = mlpack_curl_set_offset(curl, handle, CURLOPT_RESUME_FROM_LARGE, curl_off_t(start)) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = mlpack_curl_set_pointer(curl, handle, CURLOPT_WRITEDATA, context)
        _ = mlpack_curl_set_write(curl, handle) { bytes, size, count, context in
            guard let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        _ = mlpack_curl_set_pointer(curl, handle, CURLOPT_XFERINFODATA, context)
        _ = mlpack_curl_set_progress(curl, handle) { context, total, now, _, _ in
            guard let context else { return 0 }
            Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().progress(Int(now), Int(total))
            return 0
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        do {
            try consume(bytes)
            return true
        } catch {
            consumerError = error
            return false
        }
    }
}

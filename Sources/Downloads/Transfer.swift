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

    private let handle: CurlHandle
    private var consume: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    private var progress: (Int, Int) -> Void = { _, _ in }
    private var consumerError: (any Error)?

    init() throws(DownloadError) { handle = try CurlHandle() }

    /// Requests `url` from byte `start` on, and waits for the end.
    ///
    /// *Throws*: what `consume` throws.
    func run(
        url: String,
        from start: Int,
        credentials: String? = nil,
        progress: @escaping (Int, Int) -> Void,
        _ consume: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Outcome {
        self.consume = consume
        self.progress = progress
        consumerError = nil
        configure(url: url, from: start)
        // Without CURLOPT_UNRESTRICTED_AUTH they do not follow a redirect to another host.
        if let credentials { handle.set(CURLOPT_USERPWD, credentials) }
        let code = handle.perform()
        if let consumerError { throw consumerError }
        let status = handle.status
        switch code {
        case CURLE_OK: return .done
        case CURLE_HTTP_RETURNED_ERROR where [404, 410].contains(status): return .notFound
        case CURLE_HTTP_RETURNED_ERROR where status == 416: return .rangeRefused
        case CURLE_HTTP_RETURNED_ERROR where RetryPolicy.passingStatuses.contains(status):
            return .broken("the server answered \(status)")
        case CURLE_HTTP_RETURNED_ERROR: return .refused("the server answered \(status)")
        case CURLE_RANGE_ERROR: return .rangeRefused
        case _ where isBroken(code): return .broken(handle.words(code))
        default: return .refused(handle.words(code))
        }
    }

    private func configure(url: String, from start: Int) {
        handle.reset()
        handle.set(CURLOPT_URL, url)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_USERAGENT, "mlpack")
        if let certificates = getenv("SSL_CERT_FILE") { handle.set(CURLOPT_CAINFO, String(cString: certificates)) }
        for (option, value) in [
            (CURLOPT_FAILONERROR, 1), (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, 5), (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_CONNECTTIMEOUT, 20), (CURLOPT_LOW_SPEED_LIMIT, 100), (CURLOPT_LOW_SPEED_TIME, 30),
            (CURLOPT_NOPROGRESS, 0),
        ] {
            handle.set(option, value)
        }
        if start > 0 { handle.set(offset: CURLOPT_RESUME_FROM_LARGE, start) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_WRITEDATA, context)
        _ = mlpack_curl_set_write(handle.curl, handle.pointer) { bytes, size, count, context in
            guard let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        handle.set(CURLOPT_XFERINFODATA, context)
        _ = mlpack_curl_set_progress(handle.curl, handle.pointer) { context, total, now, _, _ in
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

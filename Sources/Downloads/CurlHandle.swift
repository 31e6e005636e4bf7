import CCurl
import Diagnostics

/// A handle of libcurl, which keeps its connections open from one request to the next.
final class CurlHandle {
    let curl: mlpack_curl
    let pointer: UnsafeMutableRawPointer

    init() throws(DownloadError) {
        var curl = mlpack_curl()
        guard mlpack_curl_open(&curl) == 1, let pointer = curl.make() else {
            throw DownloadError(
                .refused,
                "there is no libcurl on this machine, expected `libcurl.so.4`",
                hint: "install it with `apt-get install libcurl4`"
            )
        }
        self.curl = curl
        self.pointer = pointer
    }

    deinit { curl.cleanup(pointer) }

    /// Forgets all options; connections stay open.
    func reset() { curl.reset(pointer) }

    func perform() -> CURLcode { curl.perform(pointer) }

    /// The status of the last answer.
    var status: Int { mlpack_curl_status(curl, pointer) }

    /// What libcurl says of a failure, in the form of our messages.
    func words(_ code: CURLcode) -> String {
        let words = curl.words(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
        // `SSL peer certificate…` keeps its capitals.
        let isAcronym = words.dropFirst().first?.isUppercase ?? false
        return isAcronym ? words : words.prefix(1).lowercased() + words.dropFirst()
    }

    func set(_ option: CURLoption, _ text: String) { _ = mlpack_curl_set_string(curl, pointer, option, text) }

    func set(_ option: CURLoption, _ number: Int) { _ = mlpack_curl_set_long(curl, pointer, option, number) }

    func set(offset option: CURLoption, _ offset: Int) {
        _ = mlpack_curl_set_offset(curl, pointer, option, curl_off_t(offset))
    }

    func set(_ option: CURLoption, _ context: UnsafeMutableRawPointer?) {
        _ = mlpack_curl_set_pointer(curl, pointer, option, context)
    }
}

/// Whether a failure is one of the connection, which another attempt may not meet.
func isBroken(_ code: CURLcode) -> Bool {
    [
        CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_CONNECT,
        CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_WEIRD_SERVER_REPLY,
    ].contains(code)
}

import CNghttp2

/// What a client's session of HTTP/2 tells the connection that it belongs to.
package protocol HTTP2ClientDelegate: HTTP2FieldDelegate {
    /// The stream is over: the answer has arrived whole when the code is 0.
    func close(stream: Int32, code: UInt32)
}

/// The client's end of a connection of HTTP/2 on which one request is made again and again; the bodies of answers are
/// passed over.
package final class HTTP2ClientSession: HTTP2Endpoint {
    /// The delegate, which owns the session and outlives it.
    private unowned let delegate: any HTTP2ClientDelegate
    private let fields: [(name: String, value: String)]
    private let body: [UInt8]
    /// How much of the body has been taken for each stream that is not at its end.
    private var positions: [Int32: Int] = [:]

    /// A session with its preface on the way to the server; `nil` when memory is out.
    ///
    /// *Parameter* fields: the head of each request, `:method` and the like first.
    package init?(
        fields: [(name: String, value: String)],
        body: [UInt8],
        delegate: any HTTP2ClientDelegate
    ) {
        self.delegate = delegate
        self.fields = fields
        self.body = body
        super.init(
            fields: delegate,
            settings: [(NGHTTP2_SETTINGS_ENABLE_PUSH, 0), (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20)],
            callbacks: Self.setCallbacks
        ) { nghttp2_session_client_new(&$0, $1, nil) }
    }

    /// Begins a request; `nil` when the connection takes no more of them.
    package func request() -> Int32? {
        var stream: Int32 = -1
        withFields(fields) { pointer, count in
            var provider = nghttp2_data_provider()
            provider.read_callback = { _, stream, buffer, length, flags, _, context in
                guard let session = HTTP2ClientSession.of(context), let buffer, let flags else {
                    return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
                }
                return session.read(stream, UnsafeMutableRawBufferPointer(start: buffer, count: length), &flags.pointee)
            }
            stream = nghttp2_submit_request(session, nil, pointer, count, &provider, nil)
        }
        return stream > 0 ? stream : nil
    }

    private func read(_ stream: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ flags: inout UInt32) -> Int {
        let position = positions[stream] ?? 0
        let count = min(buffer.count, body.count - position)
        buffer.copyBytes(from: body[position..<position + count])
        if position + count == body.count {
            flags |= NGHTTP2_DATA_FLAG_EOF.rawValue
            if position > 0 { positions[stream] = nil }
        } else {
            positions[stream] = position + count
        }
        return count
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> HTTP2ClientSession? {
        context.map { Unmanaged<HTTP2ClientSession>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func setCallbacks(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, context in
            guard let session = HTTP2ClientSession.of(context) else { return 0 }
            session.positions[stream] = nil
            session.delegate.close(stream: stream, code: code)
            return 0
        }
    }
}

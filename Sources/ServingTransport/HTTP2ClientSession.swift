import CNghttp2

/// What a client's session of HTTP/2 tells the connection that it belongs to.
package protocol HTTP2ClientDelegate: AnyObject {
    /// A field of an answer's head, or of what stands behind its body.
    func addField(stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
    /// The stream is over: the answer has arrived whole when the code is 0.
    func close(stream: Int32, code: UInt32)
}

/// The client's end of a connection of HTTP/2 on which one request is made again and again; the bodies of answers are
/// passed over.
package final class HTTP2ClientSession {
    private let session: OpaquePointer
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
        var callbacks: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0 else { return nil }
        defer { nghttp2_session_callbacks_del(callbacks) }
        Self.setCallbacks(callbacks)
        var session: OpaquePointer?
        guard nghttp2_session_client_new(&session, callbacks, nil) == 0, let session else { return nil }
        self.session = session
        let settings = [(NGHTTP2_SETTINGS_ENABLE_PUSH, 0), (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20)]
            .map { nghttp2_settings_entry(settings_id: Int32($0.0.rawValue), value: UInt32($0.1)) }
        nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
        nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, 8 << 20)
    }

    deinit { nghttp2_session_del(session) }

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

    /// Takes bytes from the server; `false` when the connection is to be closed.
    package func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return true }
        return nghttp2_session_mem_recv(session, start, bytes.count) == bytes.count
            && (nghttp2_session_want_read(session) != 0 || nghttp2_session_want_write(session) != 0)
    }

    /// Hands the next bytes for the server to `body`; `false` when there are none for now.
    package func send(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        var start: UnsafePointer<UInt8>?
        let count = nghttp2_session_mem_send(session, &start)
        guard count > 0 else { return false }
        body(UnsafeRawBufferPointer(start: start, count: count))
        return true
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
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _,
            frame,
            name,
            nameLength,
            value,
            valueLength,
            _,
            context in
            guard let frame else { return 0 }
            HTTP2ClientSession.of(context)?.delegate.addField(
                stream: frame.pointee.hd.stream_id,
                name: UnsafeRawBufferPointer(start: name, count: nameLength),
                value: UnsafeRawBufferPointer(start: value, count: valueLength)
            )
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, context in
            guard let session = HTTP2ClientSession.of(context) else { return 0 }
            session.positions[stream] = nil
            session.delegate.close(stream: stream, code: code)
            return 0
        }
    }
}

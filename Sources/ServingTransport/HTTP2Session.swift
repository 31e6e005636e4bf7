import CNghttp2

/// What a session of HTTP/2 tells the connection that it belongs to.
protocol HTTP2SessionDelegate: AnyObject {
    /// A request begins.
    func begin(stream: Int32)
    /// A field of a request's head; pseudo-fields such as `:path` among them.
    func addField(stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
    /// Some bytes of a request's body.
    func addBody(stream: Int32, _ bytes: UnsafeRawBufferPointer)
    /// The head of a request has arrived whole.
    func endHead(stream: Int32)
    /// The request has arrived whole.
    func end(stream: Int32)
    /// The stream is gone, whether it was answered or not.
    func close(stream: Int32)
    /// The next bytes of an answer's body, at most as many as fit; and whether they are the last. `nil` when there are
    /// none yet.
    func readBody(stream: Int32, into buffer: UnsafeMutableRawBufferPointer) -> (byteCount: Int, isLast: Bool)?
    /// The fields behind the body of an answer.
    func trailers(stream: Int32) -> [(name: String, value: String)]
}

/// The server's end of a connection of HTTP/2: nghttp2 turns bytes into what the delegate is told, and back.
///
/// The library holds the rules of RFC 9113 and RFC 7541, and closes connections that flood it with frames to answer.
final class HTTP2Session {
    private let session: OpaquePointer
    /// The delegate, which owns the session and outlives it.
    private unowned let delegate: any HTTP2SessionDelegate

    /// A session with its settings on the way to the client; `nil` when memory is out.
    init?(limits: ServerLimits, delegate: any HTTP2SessionDelegate) {
        self.delegate = delegate
        var callbacks: OpaquePointer?
        var options: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&options) == 0 else { return nil }
        defer {
            nghttp2_session_callbacks_del(callbacks)
            nghttp2_option_del(options)
        }
        Self.setCallbacks(callbacks)
        nghttp2_option_set_max_settings(options, 32)
        var session: OpaquePointer?
        guard nghttp2_session_server_new2(&session, callbacks, nil, options) == 0, let session else { return nil }
        self.session = session
        let settings = [
            (NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streamCount),
            (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20),
            (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.headerByteCount),
        ].map { nghttp2_settings_entry(settings_id: Int32($0.0.rawValue), value: UInt32($0.1)) }
        nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
        nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, 8 << 20)
    }

    deinit { nghttp2_session_del(session) }

    /// Whether the session has come to its end: nothing is to be read or written any more.
    var isOver: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }

    /// Takes bytes from the client; `false` when the connection is to be closed.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return true }
        return nghttp2_session_mem_recv(session, start, bytes.count) == bytes.count
    }

    /// Hands the next bytes for the client to `body`; `false` when there are none for now.
    func send(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        var start: UnsafePointer<UInt8>?
        let count = nghttp2_session_mem_send(session, &start)
        guard count > 0 else { return false }
        body(UnsafeRawBufferPointer(start: start, count: count))
        return true
    }

    /// Answers a stream with a head, and with what the delegate has of a body.
    func respond(stream: Int32, _ fields: [(name: String, value: String)], hasBody: Bool) {
        withFields(fields) { pointer, count in
            var provider = nghttp2_data_provider()
            provider.read_callback = { _, stream, buffer, length, flags, _, context in
                guard let session = HTTP2Session.of(context), let buffer, let flags else {
                    return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
                }
                return session.read(stream, UnsafeMutableRawBufferPointer(start: buffer, count: length), &flags.pointee)
            }
            _ = withUnsafePointer(to: &provider) {
                nghttp2_submit_response(session, stream, pointer, count, hasBody ? $0 : nil)
            }
        }
    }

    /// Tells a client that waits before it sends a body that it may.
    func goOn(stream: Int32) {
        withFields([(":status", "100")]) { fields, count in
            _ = nghttp2_submit_headers(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, nil, fields, count, nil)
        }
    }

    /// Asks the client whether it is there.
    func ping() { nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil) }

    /// Asks again for the body of an answer, of which there was none for a while.
    func resume(stream: Int32) { nghttp2_session_resume_data(session, stream) }

    /// Ends a stream from which no more is wanted.
    func reset(stream: Int32, _ code: nghttp2_error_code) {
        nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code.rawValue)
    }

    /// Takes no new requests, and ends when those that have begun are answered.
    func goAway() {
        let last = nghttp2_session_get_last_proc_stream_id(session)
        nghttp2_submit_goaway(
            session,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            last,
            NGHTTP2_NO_ERROR.rawValue,
            nil,
            0
        )
    }

    private func read(_ stream: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ flags: inout UInt32) -> Int {
        guard let (count, isLast) = delegate.readBody(stream: stream, into: buffer) else {
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        guard isLast else { return count }
        flags |= NGHTTP2_DATA_FLAG_EOF.rawValue
        let trailers = delegate.trailers(stream: stream)
        guard !trailers.isEmpty else { return count }
        flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        withFields(trailers) { pointer, count in _ = nghttp2_submit_trailer(session, stream, pointer, count) }
        return count
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> HTTP2Session? {
        context.map { Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func setCallbacks(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, context in
            guard let frame, frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
            HTTP2Session.of(context)?.delegate.begin(stream: frame.pointee.hd.stream_id)
            return 0
        }
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
            HTTP2Session.of(context)?.delegate.addField(
                stream: frame.pointee.hd.stream_id,
                name: UnsafeRawBufferPointer(start: name, count: nameLength),
                value: UnsafeRawBufferPointer(start: value, count: valueLength)
            )
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, data, length, context in
            HTTP2Session.of(context)?.delegate.addBody(
                stream: stream,
                UnsafeRawBufferPointer(start: data, count: length)
            )
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, context in
            guard let frame, let delegate = HTTP2Session.of(context)?.delegate else { return 0 }
            let head = frame.pointee.hd
            let isHead = UInt32(head.type) == NGHTTP2_HEADERS.rawValue
            guard isHead || UInt32(head.type) == NGHTTP2_DATA.rawValue else { return 0 }
            if isHead, frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST { delegate.endHead(stream: head.stream_id) }
            if UInt32(head.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0 { delegate.end(stream: head.stream_id) }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, context in
            HTTP2Session.of(context)?.delegate.close(stream: stream)
            return 0
        }
    }
}

/// Lends fields in the library's form, which copies them.
func withFields(
    _ fields: [(name: String, value: String)],
    _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Void
) {
    var texts: [UInt8] = []
    for field in fields { texts += Array(field.name.utf8) + Array(field.value.utf8) }
    texts.withUnsafeMutableBufferPointer { texts in
        var position = texts.baseAddress
        let entries = fields.map { field in
            var entry = nghttp2_nv()
            entry.namelen = field.name.utf8.count
            entry.valuelen = field.value.utf8.count
            entry.name = position
            entry.value = position.map { $0 + entry.namelen }
            position = position.map { $0 + entry.namelen + entry.valuelen }
            return entry
        }
        entries.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
    }
}

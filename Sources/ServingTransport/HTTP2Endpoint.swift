import CNghttp2

/// What takes the fields of heads.
package protocol HTTP2FieldDelegate: AnyObject {
    /// A field of a head, pseudo-fields such as `:path` among them, or of what stands behind a body.
    func addField(stream: Int32, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
}

/// What both ends of a connection of HTTP/2 have in common: nghttp2 turns bytes into what a delegate is told, and back.
///
/// The library holds the rules of RFC 9113 and RFC 7541, and closes connections that flood it with frames to answer.
package class HTTP2Endpoint {
    let session: OpaquePointer
    /// The delegate, which owns the session and outlives it.
    private unowned let receiver: any HTTP2FieldDelegate

    /// A session with its settings on the way to the other end; `nil` when memory is out.
    ///
    /// *Parameter* set: sets the callbacks beside that of fields, whose context is the endpoint.
    /// *Parameter* make: makes the library's session of the callbacks.
    init?(
        fields: any HTTP2FieldDelegate,
        settings: [(name: nghttp2_settings_id, value: Int)],
        callbacks set: (OpaquePointer?) -> Void,
        make: (inout OpaquePointer?, OpaquePointer?) -> CInt
    ) {
        receiver = fields
        var callbacks: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0 else { return nil }
        defer { nghttp2_session_callbacks_del(callbacks) }
        Self.setFieldCallback(callbacks)
        set(callbacks)
        var session: OpaquePointer?
        guard make(&session, callbacks) == 0, let session else { return nil }
        self.session = session
        let entries = settings.map {
            nghttp2_settings_entry(settings_id: Int32($0.name.rawValue), value: UInt32($0.value))
        }
        nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, 8 << 20)
    }

    deinit { nghttp2_session_del(session) }

    /// Whether the session has come to its end: nothing is to be read or written any more.
    package final var isOver: Bool {
        nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }

    /// Takes bytes from the other end; `false` when the connection is to be closed.
    package final func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return true }
        return nghttp2_session_mem_recv(session, start, bytes.count) == bytes.count
    }

    /// Hands the next bytes for the other end to `body`; `false` when there are none for now.
    package final func send(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        var start: UnsafePointer<UInt8>?
        let count = nghttp2_session_mem_send(session, &start)
        guard count > 0 else { return false }
        body(UnsafeRawBufferPointer(start: start, count: count))
        return true
    }

    private static func setFieldCallback(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _,
            frame,
            name,
            nameLength,
            value,
            valueLength,
            _,
            context in
            guard let frame, let context else { return 0 }
            Unmanaged<HTTP2Endpoint>.fromOpaque(context).takeUnretainedValue().receiver.addField(
                stream: frame.pointee.hd.stream_id,
                name: UnsafeRawBufferPointer(start: name, count: nameLength),
                value: UnsafeRawBufferPointer(start: value, count: valueLength)
            )
            return 0
        }
    }
}

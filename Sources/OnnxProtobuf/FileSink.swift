import CProtobufC
import Files

/// A buffer of protobuf-c that hands what is packed to a file, in pieces of at least 64 KiB.
final class FileSink {
    private static let chunkByteCount = 1 << 16

    /// What protobuf-c's callback gets: its own buffer, and behind it what waits to be written.
    private struct Buffer {
        var base: ProtobufCBuffer
        var sink: UnsafeMutableRawPointer
        var pending: UnsafeMutableRawBufferPointer
        var pendingCount = 0

        mutating func append(_ bytes: UnsafeRawBufferPointer) {
            // PERF: protobuf-c appends each tag and each number for itself.
            guard bytes.count <= pending.count - pendingCount else { return flush(before: bytes) }
            UnsafeMutableRawBufferPointer(rebasing: pending[pendingCount...]).copyMemory(from: bytes)
            pendingCount += bytes.count
        }

        private mutating func flush(before bytes: UnsafeRawBufferPointer) {
            write()
            guard bytes.count <= pending.count else {
                return Unmanaged<FileSink>.fromOpaque(sink).takeUnretainedValue().write(bytes)
            }
            append(bytes)
        }

        mutating func write() {
            let bytes = UnsafeRawBufferPointer(rebasing: pending[..<pendingCount])
            Unmanaged<FileSink>.fromOpaque(sink).takeUnretainedValue().write(bytes)
            pendingCount = 0
        }
    }

    private let file: AtomicFile
    private var failure: FileError?

    init(_ file: AtomicFile) { self.file = file }

    /// Packs a message into the file.
    func pack(_ message: UnsafePointer<ProtobufCMessage>) throws(FileError) {
        let pending = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkByteCount, alignment: 16)
        defer { pending.deallocate() }
        var buffer = Buffer(
            base: ProtobufCBuffer { buffer, count, data in
                guard let buffer else { return }
                // SAFETY: protobuf-c gives back the address that it got, which is that of the whole structure.
                buffer.withMemoryRebound(to: Buffer.self, capacity: 1) { buffer in
                    buffer.pointee.append(UnsafeRawBufferPointer(start: data, count: count))
                }
            },
            sink: Unmanaged.passUnretained(self).toOpaque(),
            pending: pending
        )
        withUnsafeMutablePointer(to: &buffer) { pointer in
            pointer.withMemoryRebound(to: ProtobufCBuffer.self, capacity: 1) { base in
                _ = protobuf_c_message_pack_to_buffer(message, base)
            }
        }
        buffer.write()
        if let failure { throw failure }
    }

    /// protobuf-c cannot be stopped: after the first failure the rest goes nowhere.
    private func write(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil else { return }
        do {
            try file.write(bytes)
        } catch {
            failure = error
        }
    }
}

import CProtobufC
import Files

/// A buffer of protobuf-c that hands what is packed to a file, in pieces of at least 64 KiB.
final class FileSink {
    private static let chunkByteCount = 1 << 16

    private let file: AtomicFile
    private var pending: [UInt8] = []
    private var failure: FileError?

    init(_ file: AtomicFile) {
        self.file = file
        pending.reserveCapacity(Self.chunkByteCount)
    }

    /// Packs a message into the file.
    func pack(_ message: UnsafePointer<ProtobufCMessage>) throws(FileError) {
        // The callback gets the address of the buffer; the address of this object lies behind it.
        struct Buffer {
            var base: ProtobufCBuffer
            var sink: UnsafeMutableRawPointer
        }
        var buffer = Buffer(
            base: ProtobufCBuffer { buffer, count, data in
                guard let buffer else { return }
                buffer.withMemoryRebound(to: Buffer.self, capacity: 1) { buffer in
                    let sink = Unmanaged<FileSink>.fromOpaque(buffer.pointee.sink).takeUnretainedValue()
                    sink.append(UnsafeRawBufferPointer(start: data, count: count))
                }
            },
            sink: Unmanaged.passUnretained(self).toOpaque()
        )
        withUnsafeMutablePointer(to: &buffer) { pointer in
            pointer.withMemoryRebound(to: ProtobufCBuffer.self, capacity: 1) { base in
                _ = protobuf_c_message_pack_to_buffer(message, base)
            }
        }
        flush()
        if let failure { throw failure }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        guard pending.count + bytes.count > Self.chunkByteCount else { return pending.append(contentsOf: bytes) }
        flush()
        guard bytes.count > Self.chunkByteCount else { return pending.append(contentsOf: bytes) }
        attempt { () throws(FileError) in try file.write(bytes) }
    }

    private func flush() {
        attempt { () throws(FileError) in try file.write(pending) }
        pending.removeAll(keepingCapacity: true)
    }

    /// protobuf-c cannot be stopped: after the first failure the rest goes nowhere.
    private func attempt(_ write: () throws(FileError) -> Void) {
        guard failure == nil else { return }
        do {
            try write()
        } catch {
            failure = error
        }
    }
}

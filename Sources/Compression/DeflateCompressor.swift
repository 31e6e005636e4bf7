import CDeflate
import Diagnostics

/// A compressor of libdeflate, for one thread.
package final class DeflateCompressor {
    private let compressor: OpaquePointer
    private let format: DeflateFormat

    /// A compressor.
    ///
    /// *Parameter* level: 1 for the fastest, 12 for the smallest.
    /// *Throws*: `memory`.
    package init(_ format: DeflateFormat, level: CInt) throws(CompressionError) {
        guard let compressor = libdeflate_alloc_compressor(level) else {
            throw CompressionError(.memory, "no memory to compress")
        }
        self.compressor = compressor
        self.format = format
    }

    deinit { libdeflate_free_compressor(compressor) }

    /// A whole stream of some bytes; a member of a gzip file.
    ///
    /// *Throws*: `memory`.
    package func compressed(_ bytes: [UInt8]) throws(CompressionError) -> [UInt8] {
        let bound =
            switch format {
            case .gzip: libdeflate_gzip_compress_bound(compressor, bytes.count)
            case .zlib: libdeflate_zlib_compress_bound(compressor, bytes.count)
            }
        let stream = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count =
                switch format {
                case .gzip:
                    libdeflate_gzip_compress(compressor, bytes, bytes.count, buffer.baseAddress, buffer.count)
                case .zlib:
                    libdeflate_zlib_compress(compressor, bytes, bytes.count, buffer.baseAddress, buffer.count)
                }
        }
        guard !stream.isEmpty else { throw CompressionError(.memory, "no memory to compress") }
        return stream
    }
}

/// What decides the bytes of a stream of `GzipWriter`, with its version.
package var gzipToolchain: String { "libdeflate \(LIBDEFLATE_VERSION_STRING)" }

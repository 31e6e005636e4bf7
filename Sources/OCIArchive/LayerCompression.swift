import Archives
import Compression
package import OCIImage

/// How the layers that are made here are stored.
package enum LayerCompression: String, Sendable, CaseIterable {
    case gzip
    case none
    case zstd

    /// The type of a layer that is stored so.
    package var mediaType: MediaType {
        switch self {
        case .gzip: .layerGzip
        case .none: .layer
        case .zstd: .layerZstd
        }
    }

    /// The libraries that decide the bytes, with their versions; part of whatever a layer is found by.
    package var toolchain: String {
        switch self {
        case .gzip: gzipToolchain
        case .none: ""
        case .zstd: archiveToolchain
        }
    }
}

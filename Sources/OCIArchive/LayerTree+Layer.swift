import Archives
import Compression
package import ContentStore
package import OCIImage

extension LayerTree {
    /// The layer of the tree, which is read once for it.
    ///
    /// A compressed layer is made into the store. A plain one is written nowhere: its bytes are made anew each time they
    /// are read, so that a model stands on the disk once.
    ///
    /// *Throws*: what reading the files and writing the store throws.
    package func layer(
        compression: LayerCompression,
        createdBy: String,
        in store: ContentStore
    ) throws -> ImageLayer {
        var running = RunningDigest()
        let stored: (digest: Digest, byteCount: Int)
        switch compression {
        case .none:
            try tar.read { running.update($0) }
            stored = (running.digest, running.byteCount)
        case .gzip:
            stored = try store.add { consume in
                try withoutActuallyEscaping(consume) { consume in
                    let gzip = GzipWriter(consume)
                    try tar.read { bytes in
                        running.update(bytes)
                        try gzip.write(bytes)
                    }
                    try gzip.finish()
                }
            }
        case .zstd:
            stored = try store.add { consume in
                try withoutActuallyEscaping(consume) { consume in
                    let zstd = try ZstdWriter(consume)
                    try tar.read { bytes in
                        running.update(bytes)
                        try zstd.write(bytes)
                    }
                    try zstd.finish()
                }
            }
        }
        return ImageLayer(
            descriptor: Descriptor(
                mediaType: compression.mediaType,
                digest: stored.digest,
                byteCount: stored.byteCount
            ),
            diffID: running.digest,
            history: ImageConfig.History(createdBy: createdBy),
            blob: compression == .none ? tar : FileBlob(path: store.path(of: stored.digest))
        )
    }
}

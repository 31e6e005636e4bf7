import Archives
import Compression
import Diagnostics
package import OCIImage

/// Holds an image against its own words, unpacking its layers to do so.
///
/// *Throws*: as `Image.validate(uncompressed:)`.
package func validate(_ image: Image) throws {
    try image.validate { layer, blob in
        guard layer.mediaType.ofOCI == .layerGzip else { return UncompressedBlob(layer: layer, blob: blob) }
        return GunzippedBlob(compressed: blob)
    }
}

/// The tar of a layer that is stored with gzip, of which no byte goes unlooked at.
private struct GunzippedBlob: BlobSource {
    let compressed: any BlobSource

    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withoutActuallyEscaping(consume) { consume in
            let gzip = try GzipReader(consume)
            try compressed.read { try gzip.write($0) }
            try gzip.finish()
        }
    }
}

/// The tar of a layer that is stored compressed.
private struct UncompressedBlob: BlobSource {
    let layer: Descriptor
    let blob: any BlobSource

    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withoutActuallyEscaping(consume) { consume in
            try withTemporaryFile(of: blob, layer) { try decompressFile($0, consume) }
        }
    }
}

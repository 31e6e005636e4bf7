import Archives
import Diagnostics
package import OCIImage

/// Holds an image against its own words, unpacking its layers to do so.
///
/// *Throws*: as `Image.validate(uncompressed:)`.
package func validate(_ image: Image) throws {
    try image.validate { _, blob in UncompressedBlob(compressed: blob) }
}

/// The tar of a layer that is stored compressed.
private struct UncompressedBlob: BlobSource {
    let compressed: any BlobSource

    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withoutActuallyEscaping(consume) { consume in
            try withTemporaryFile(of: compressed) { try decompressFile($0, consume) }
        }
    }
}

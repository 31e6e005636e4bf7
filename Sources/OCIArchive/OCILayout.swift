import ContentStore
import Diagnostics
import JSON
import OCIImage

/// The `oci-layout` file.
let layoutMarker = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

/// The `index.json` of one image, with a descriptor for each of its names.
///
/// Podman and containerd look for the full name in `io.containerd.image.name`, skopeo and umoci for the tag in
/// `org.opencontainers.image.ref.name`.
func layoutIndex(_ image: Image, names: [ImageReference]) -> [UInt8] {
    let descriptors = (names.isEmpty ? [nil] : names.map(Optional.some)).map { name -> JSONValue in
        var descriptor = image.descriptor
        if let name {
            descriptor.annotations[ImageIndex.containerdNameKey] = name.description
            descriptor.annotations[ImageIndex.referenceNameKey] = name.tag
        }
        return ImageIndex.Entry(descriptor: descriptor, platform: image.config.platform).json
    }
    let index: JSONValue = [
        "schemaVersion": 2,
        "mediaType": .string(MediaType.imageIndex.rawValue),
        "manifests": .array(descriptors),
    ]
    return index.serialized(.canonical)
}

/// Where a blob stands in a layout.
func layoutPath(_ digest: Digest) -> String { "blobs/sha256/\(digest.hex)" }

/// Reads a part, and holds it against its digest while it passes.
func copy(
    _ part: (descriptor: Descriptor, blob: any BlobSource),
    to consume: (UnsafeRawBufferPointer) throws -> Void
) throws {
    var running = RunningDigest()
    try part.blob.read { bytes in
        running.update(bytes)
        try consume(bytes)
    }
    guard running.digest == part.descriptor.digest else {
        throw OCIArchiveError(
            .changed,
            at: .item("blob", part.descriptor.digest.description),
            "the bytes changed while the image was written, got `\(running.digest)`"
        )
    }
}

import ContentStore
import Diagnostics
import JSON
import OCIImage

/// The `oci-layout` file.
let layoutMarker = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

/// What an index of names says of some images, once for each name.
///
/// Podman and containerd look for the full name in `io.containerd.image.name`, skopeo and umoci for the tag in
/// `org.opencontainers.image.ref.name`. A single image stands in the index itself, since not all readers look into an
/// index within it.
func layoutEntries(_ images: PlatformImages, names: [ImageReference]) -> [ImageIndex.Entry] {
    let platform = images.index == nil ? images.images.first?.config.platform : nil
    return layoutEntries(images.descriptor, names: names).map { ImageIndex.Entry(descriptor: $0, platform: platform) }
}

/// A descriptor with each of some names, or once without any.
func layoutEntries(_ descriptor: Descriptor, names: [ImageReference]) -> [Descriptor] {
    guard !names.isEmpty else { return [descriptor] }
    return names.map { name in
        var named = descriptor
        named.annotations[ImageIndex.containerdNameKey] = name.description
        named.annotations[ImageIndex.referenceNameKey] = name.tag
        return named
    }
}

/// The `index.json` of an archive with nothing else in it.
func layoutIndex(_ images: PlatformImages, names: [ImageReference]) -> [UInt8] {
    ImageIndex(entries: layoutEntries(images, names: names)).bytes
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

import ContentStore
import Diagnostics
import JSON
import OCIImage

/// The images of a Docker archive, with the manifests that OCI wants and that such an archive does not have.
///
/// All layers are read once, since nothing in the archive says their digests as they are stored.
///
/// *Source*: Docker Image Specification 1.2, Combined Image JSON + Filesystem Changeset Format.
struct DockerArchive {
    let index: ImageIndex
    let blobs: [Digest: any BlobSource]

    /// Reads the list of images, `manifest.json`.
    ///
    /// *Throws*: `malformed` for another list, and for what it names and is not there.
    init(list: [UInt8], _ file: (String) -> (any BlobSource)?) throws {
        let place = Place.item("entry", "manifest.json")
        guard let images = try locatingAny(place, { try JSONValue.parse(list) }).array else {
            throw OCIArchiveError(.malformed, at: place, "the list has another form, expected an array")
        }
        var blobs: [Digest: any BlobSource] = [:]
        var layers: [String: Descriptor] = [:]
        func blob(_ value: JSONValue?) throws -> (name: String, blob: any BlobSource) {
            guard let name = value?.string else {
                throw OCIArchiveError(
                    .malformed,
                    at: place,
                    "an image has another form, expected `Config` and `Layers`"
                )
            }
            guard let blob = file(name) else {
                throw OCIArchiveError(
                    .malformed,
                    at: .item("entry", name),
                    "the file is not there, which the list names"
                )
            }
            return (name, blob)
        }
        var entries: [ImageIndex.Entry] = []
        for image in images {
            let config = try blob(image["Config"]).blob.bytes(limit: manifestByteLimit)
            let configDigest = Digest(of: config)
            blobs[configDigest] = MemoryBlob(config)
            var descriptors: [Descriptor] = []
            for value in image["Layers"]?.array ?? [] {
                let (name, blob) = try blob(value)
                let descriptor = try layers[name] ?? layer(blob)
                layers[name] = descriptor
                blobs[descriptor.digest] = blob
                descriptors.append(descriptor)
            }
            let manifest = ImageManifest(
                config: Descriptor(mediaType: .imageConfig, digest: configDigest, byteCount: config.count),
                layers: descriptors
            )
            let bytes = manifest.json.serialized(.canonical)
            let digest = Digest(of: bytes)
            blobs[digest] = MemoryBlob(bytes)
            let platform = try ImageConfig(JSONValue.parse(config)).platform
            let names = image["RepoTags"]?.array?.compactMap(\.string) ?? []
            for name in names.isEmpty ? [nil] : names.map(Optional.some) {
                var descriptor = Descriptor(mediaType: .imageManifest, digest: digest, byteCount: bytes.count)
                if let name, let reference = try? ImageReference(parsing: name) {
                    descriptor.annotations[ImageIndex.containerdNameKey] = reference.description
                    descriptor.annotations[ImageIndex.referenceNameKey] = reference.tag
                }
                entries.append(ImageIndex.Entry(descriptor: descriptor, platform: platform))
            }
        }
        index = ImageIndex(entries: entries)
        self.blobs = blobs
    }
}

/// A layer as a manifest refers to it, by its bytes.
private func layer(_ blob: any BlobSource) throws -> Descriptor {
    var running = RunningDigest()
    var magic: [UInt8] = []
    try blob.read { bytes in
        magic.append(contentsOf: bytes.prefix(4 - magic.count))
        running.update(bytes)
    }
    let mediaType: MediaType =
        magic.starts(with: [0x1F, 0x8B]) ? .layerGzip : magic == [0x28, 0xB5, 0x2F, 0xFD] ? .layerZstd : .layer
    return Descriptor(mediaType: mediaType, digest: running.digest, byteCount: running.byteCount)
}

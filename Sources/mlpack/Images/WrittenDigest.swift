import ContentStore
import JSON
import OCIArchive
import OCIImage

/// The digest by which an image is found where it was written.
struct WrittenDigest {
    /// That of the manifest or the index; `nil` where none is kept.
    let digest: Digest?
    /// What Docker calls the image; `nil` for the images of several platforms.
    let imageID: Digest?

    /// The digest of images in the form of a sink; without one, in a registry.
    init(_ images: PlatformImages, in sink: (any ImageSink)?) {
        digest = sink?.keepsManifests ?? true ? images.digest : nil
        imageID = images.imageID
    }

    var text: String { digest?.description ?? "image id \(imageID?.description ?? "")" }

    var json: JSONObject {
        [
            "digest": digest.map { .string($0.description) } ?? .null,
            "imageID": imageID.map { .string($0.description) } ?? .null,
        ]
    }
}

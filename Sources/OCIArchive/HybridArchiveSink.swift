import Diagnostics
package import OCIImage

/// One tar file that is an OCI archive and a Docker archive at once: `docker load` and `podman load` take it.
///
/// Of images for several platforms, Docker's list names the one for this machine, or else the first: it can name a tag
/// once only.
///
/// *Source*: OCI image specification 1.1, image-layout.md; the `manifest.json` of `docker save`, with paths into
/// `blobs/sha256` as Docker 25 and later write them.
package struct HybridArchiveSink: ImageSink {
    package let name = "archive"
    package let summary = "one file for `docker load`, `podman load`, skopeo and crane"

    /// The sink.
    package init() {}

    package func write(_ images: PlatformImages, names: [ImageReference], to path: String) throws {
        let archive = try ImageArchive(path: path)
        try archive.add("oci-layout", layoutMarker)
        try archive.add("index.json", layoutIndex(images, names: names))
        if let image = images.preferred(.ofThisMachine) {
            try archive.add("manifest.json", dockerManifest(image, names: names) { layoutPath($0.digest) })
        }
        try archive.addBlobs(images)
        try archive.finish()
    }
}

import Diagnostics
package import OCIImage

/// An OCI layout in one tar file, and nothing else.
///
/// *Source*: OCI image specification 1.1, image-layout.md.
package struct OCIArchiveSink: ImageSink {
    package let name = "oci-archive"
    package let summary = "an OCI layout in one file, for `podman load` and skopeo"

    /// The sink.
    package init() {}

    package func write(_ images: PlatformImages, names: [ImageReference], to path: String) throws {
        let archive = try ImageArchive(path: path)
        try archive.add("oci-layout", layoutMarker)
        try archive.add("index.json", layoutIndex(images, names: names))
        try archive.addBlobs(images)
        try archive.finish()
    }
}

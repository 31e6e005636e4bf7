import Diagnostics
package import OCIImage

/// A folder in the form of an OCI layout, for `crane push`, skopeo and umoci.
///
/// What the folder holds already stays: blobs are kept, and other names go on to stand for what they stood for. A name
/// that stands for another image moves to this one, as skopeo and umoci have it. `index.json` is written last.
package struct LayoutFolderSink: ImageSink {
    package let name = "oci-layout"
    package let summary = "a folder for crane, skopeo and umoci, which keeps the other images in it"

    /// The sink.
    package init() {}

    package func write(_ images: PlatformImages, names: [ImageReference], to path: String) throws {
        let folder = try LayoutFolder(path)
        for part in images.parts { try folder.add(part) }
        try folder.add(layoutEntries(images, names: names))
    }

    /// Writes an artifact that is no image, beside what the folder holds.
    ///
    /// *Throws*: as the other `write`.
    package func write(_ artifact: Artifact, names: [ImageReference], to path: String) throws {
        let folder = try LayoutFolder(path)
        for part in artifact.parts { try folder.add(part) }
        try folder.add(
            layoutEntries(artifact.descriptor, names: names).map {
                ImageIndex.Entry(descriptor: $0, platform: nil, artifactType: artifact.manifest.artifactType)
            }
        )
    }
}

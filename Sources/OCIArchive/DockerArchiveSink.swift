import ContentStore
import Diagnostics
package import OCIImage

/// The tar file of `docker save` before Docker 25: a config, layers, and a list of them.
///
/// It has no place for a manifest, so that the image gets another digest where it is pushed; configs and layers keep theirs.
///
/// *Source*: Docker Image Specification 1.2, Combined Image JSON + Filesystem Changeset Format.
package struct DockerArchiveSink: ImageSink {
    package let name = "docker-archive"
    package let summary = "one file for Docker of any age; one platform, no zstd"
    package let keepsManifests = false

    /// The sink.
    package init() {}

    package func write(_ images: PlatformImages, names: [ImageReference], to path: String) throws {
        guard let image = images.images.first, images.index == nil || images.images.count == 1 else {
            throw OCIArchiveError(
                .unsupported,
                at: .file(path),
                "a Docker archive holds one platform, got "
                    + images.images.map { "`\($0.config.platform)`" }.joined(separator: ", "),
                hint: "choose one with --platform, or another --format"
            )
        }
        if let layer = image.manifest.layers.first(where: { $0.mediaType == .layerZstd }) {
            throw OCIArchiveError(
                .unsupported,
                at: .file(path),
                "a Docker archive holds plain layers and those of gzip, got `\(layer.mediaType.rawValue)`",
                hint: "choose another --format, or `compression: gzip` in the `layers` of the environment"
            )
        }
        let archive = try ImageArchive(path: path)
        try archive.add("manifest.json", dockerManifest(image, names: names, path: Self.path))
        var seen: Set<Digest> = []
        for part in [image.manifest.config] + image.manifest.layers where seen.insert(part.digest).inserted {
            guard let blob = image.blob(part.digest) else { continue }
            try archive.add(Self.path(part), (part, blob))
        }
        try archive.finish()
    }

    private static func path(_ part: Descriptor) -> String {
        part.digest.hex + (part.mediaType.isImageConfig ? ".json" : ".tar")
    }
}

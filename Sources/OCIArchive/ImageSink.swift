package import OCIImage

/// A form in which images are written to a path.
package protocol ImageSink: Sendable {
    /// The name on the command line: `--format oci-layout`.
    var name: String { get }
    /// One line for the help: who reads it.
    var summary: String { get }
    /// Whether manifests are kept, so that an image has the digest of its own there.
    var keepsManifests: Bool { get }
    /// Writes one image, or those of several platforms, under names; at `path` stands the whole result, or what stood
    /// there before.
    ///
    /// *Throws*: what reading the parts and writing the result throws; `changed` when a part is no longer what its
    /// digest says; `unsupported` for what the form cannot hold.
    func write(_ images: PlatformImages, names: [ImageReference], to path: String) throws
}

extension ImageSink {
    package var keepsManifests: Bool { true }

    /// Writes one image.
    ///
    /// *Throws*: as the other `write`.
    package func write(_ image: Image, names: [ImageReference], to path: String) throws {
        try write(PlatformImages(image), names: names, to: path)
    }
}

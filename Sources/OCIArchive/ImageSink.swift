package import OCIImage

/// A form in which an image is written to a path.
package protocol ImageSink: Sendable {
    /// The name on the command line: `--format oci-layout`.
    var name: String { get }
    /// One line for the help: who reads it.
    var summary: String { get }
    /// Writes the image under its names; at `path` stands the whole result, or what stood there before.
    ///
    /// *Throws*: what reading the parts and writing the result throws; `changed` when a part is no longer what its
    /// digest says.
    func write(_ image: Image, names: [ImageReference], to path: String) throws
}

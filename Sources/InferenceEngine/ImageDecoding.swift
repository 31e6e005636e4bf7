package import Tensors

/// How the channels of a decoded image are laid out: the operator's own words.
package enum PixelFormat: String, Sendable, CaseIterable {
    case rgb = "RGB"
    case bgr = "BGR"
    case grayscale = "Grayscale"

    /// Elements of one pixel.
    package var channelCount: Int { self == .grayscale ? 1 : 3 }
}

/// Decodes images for the operator `ImageDecoder`.
///
/// The engine links no image library, because it is part of executables that have none: whoever opens a session hands
/// it a decoder, or does without that operator.
package protocol ImageDecoding: Sendable {
    /// The pixels of an encoded image.
    ///
    /// *Shapes*: height, width, channels.
    /// *Types*: `uint8`.
    /// *Parameter* byteLimit: what the image may take, with all that is needed to decode it.
    /// *Throws*: `value` for bytes that are no image that can be decoded, `limit`, `memory`.
    func decode(
        _ bytes: UnsafeRawBufferPointer,
        as format: PixelFormat,
        byteLimit: Int
    ) throws(EngineError) -> Tensor
}

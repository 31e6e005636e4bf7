import Diagnostics
package import InferenceEngine
package import Tensors

/// Decodes images of every format that `ImageDecoder` names, the format told by the first bytes.
///
/// - Alpha is dropped, and the colours under it stay as they are stored.
/// - Of 16-bit samples the upper byte is taken.
/// - Profiles, gamma and Exif are metadata and are ignored, orientation in Exif among them; TIFF's own tag `Orientation`
///   belongs to its pixels and is followed.
/// - Of several pages or frames, the first is taken.
package struct ImageFileDecoder: ImageDecoding {
    /// A decoder.
    package init() {}

    package func decode(
        _ bytes: UnsafeRawBufferPointer,
        as format: PixelFormat,
        byteLimit: Int
    ) throws(EngineError) -> Tensor {
        do throws(ImageError) {
            return try pixels(of: bytes, as: format, byteLimit: byteLimit)
        } catch {
            let code: EngineCode =
                switch error.code {
                case .format, .malformed, .unsupported: .value
                case .limit: .limit
                case .memory: .memory
                }
            throw EngineError(code, at: error.place, error.message, cause: error.cause, hint: error.hint)
        }
    }

    /// The pixels of an encoded image: height, width, channels.
    ///
    /// *Throws*: `format` for bytes of no known format, `malformed`, `unsupported`, `limit`, `memory`.
    package func pixels(
        of bytes: UnsafeRawBufferPointer,
        as pixelFormat: PixelFormat,
        byteLimit: Int
    ) throws(ImageError) -> Tensor {
        let bytes = ImageBytes(bytes)
        guard let format = ImageFormat(bytes) else {
            let known = ImageFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw ImageError(.format, "the bytes start like no known image, expected \(known)")
        }
        let canvas = Canvas(byteLimit: byteLimit, format: pixelFormat)
        try format.decode(bytes, onto: canvas)
        return try canvas.tensor()
    }
}

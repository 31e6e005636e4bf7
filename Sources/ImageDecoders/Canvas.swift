import Diagnostics
import Glibc
import InferenceEngine
import Tensors

/// Where the pixels of one image go while it is decoded, with what decoding it may take.
final class Canvas {
    /// Bytes that the image may take in all: here, in the tensor that is made of it, and in the decoder.
    let byteLimit: Int
    /// Bytes that the decoder holds whatever the extents turn out to be.
    var decoderByteCount = 0
    /// Why there is no room, where it was asked for by a library.
    private(set) var refusal: ImageError?
    private let format: PixelFormat
    private(set) var width = 0
    private(set) var height = 0
    /// Rows from the top without gaps, three bytes a pixel, red first.
    private var pixels: UnsafeMutablePointer<UInt8>?

    init(byteLimit: Int, format: PixelFormat) {
        self.byteLimit = byteLimit
        self.format = format
    }

    deinit { free(pixels) }

    /// Makes room for the image, all of it black; to be called once.
    ///
    /// *Parameter* pixelCost: bytes that the decoder holds for each pixel.
    /// *Parameter* fixedCost: bytes that the decoder holds besides.
    /// *Throws*: `malformed` for an image without pixels, `limit`, `memory`.
    @discardableResult
    func reserve(
        width: Int,
        height: Int,
        pixelCost: Int = 0,
        fixedCost: Int = 0
    ) throws(ImageError) -> UnsafeMutablePointer<UInt8> {
        guard width > 0, height > 0 else {
            throw ImageError(.malformed, "the image has \(width) columns and \(height) rows, expected 1 or more")
        }
        let count = width.multipliedReportingOverflow(by: height)
        let bytes = count.partialValue.multipliedReportingOverflow(by: 3 + format.channelCount + pixelCost)
        let others = fixedCost.addingReportingOverflow(decoderByteCount)
        guard !count.overflow, !bytes.overflow, !others.overflow, others.partialValue <= byteLimit,
            bytes.partialValue <= byteLimit - others.partialValue
        else {
            throw ImageError(
                .limit,
                "decoding \(width) columns and \(height) rows takes more than the limit of \(byteLimit) bytes"
            )
        }
        guard pixels == nil, let room = calloc(count.partialValue, 3)?.assumingMemoryBound(to: UInt8.self) else {
            throw ImageError(.memory, "no memory for \(width) columns and \(height) rows")
        }
        (self.width, self.height, pixels) = (width, height, room)
        return room
    }

    /// `reserve` for a library: `nil` where there is no room, and `refusal` says why.
    func reserved(width: Int, height: Int, pixelCost: Int, fixedCost: Int) -> UnsafeMutablePointer<UInt8>? {
        do throws(ImageError) {
            return try reserve(
                width: width,
                height: height,
                pixelCost: pixelCost,
                fixedCost: fixedCost
            )
        } catch {
            refusal = error
            return nil
        }
    }

    /// Colours a pixel; one that lies outside of the image is left out.
    @inline(__always)
    func set(x: Int, y: Int, to colour: Colour) {
        guard let pixels, x >= 0, x < width, y >= 0, y < height else { return }
        let target = pixels + (y * width + x) * 3
        target[0] = colour.red
        target[1] = colour.green
        target[2] = colour.blue
    }

    /// The pixels in the format that was asked for.
    func tensor() throws(ImageError) -> Tensor {
        guard let pixels, let shape = Shape([height, width, format.channelCount]) else {
            throw ImageError(.malformed, "the image has no pixels")
        }
        let count = width * height
        do throws(TensorError) {
            return try Tensor(of: UInt8.self, shape: shape, zeroed: false) { target throws(TensorError) in
                guard let target = target.baseAddress else { return }
                switch format {
                case .rgb: target.update(from: pixels, count: count * 3)
                case .bgr:
                    for offset in stride(from: 0, to: count * 3, by: 3) {
                        target[offset] = pixels[offset + 2]
                        target[offset + 1] = pixels[offset + 1]
                        target[offset + 2] = pixels[offset]
                    }
                case .grayscale:
                    for index in 0..<count {
                        target[index] = luma(pixels[index * 3], pixels[index * 3 + 1], pixels[index * 3 + 2])
                    }
                }
            }
        } catch {
            throw ImageError(.memory, error.message)
        }
    }
}

/// A pixel's colour.
struct Colour {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    static let black = Colour(red: 0, green: 0, blue: 0)
    static let white = Colour(red: 255, green: 255, blue: 255)
}

/// The lightness of a colour, to the nearest.
///
/// *Source*: ITU-R BT.601: 0.299 red, 0.587 green and 0.114 blue.
// NUMERICS: in 16 bits behind the point, the weights of which add up to 1: grey stays what it is.
@inline(__always)
private func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (19_595 * UInt32(red) + 38_470 * UInt32(green) + 7_471 * UInt32(blue) + 1 << 15) >> 16)
}

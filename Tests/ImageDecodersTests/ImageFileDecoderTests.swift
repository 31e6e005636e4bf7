import Diagnostics
import Foundation
import ImageDecoders
import InferenceEngine
import ModelFormats
import TestSupport
import Tensors
import Testing

/// The images among the fixtures, by name.
let imageNames: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixturePath("images"))) ?? []
    return names.filter { !$0.hasSuffix(".npy") && !$0.hasSuffix(".py") }.sorted()
}()

/// What the decoder makes of bytes: height, width, channels.
func pixels(
    _ bytes: [UInt8],
    _ format: PixelFormat = .rgb,
    byteLimit: Int = 1 << 24
) throws(ImageError) -> Tensor {
    try bytes.span.bytes.withUnsafeBytes { raw throws(ImageError) in
        try ImageFileDecoder().pixels(of: raw, as: format, byteLimit: byteLimit)
    }
}

/// The greatest difference of two images; `nil` where their shapes differ.
private func difference(_ image: Tensor, _ expected: Tensor) throws -> Int? {
    guard image.shape == expected.shape else { return nil }
    let pairs = zip(try image.elements(as: UInt8.self), try expected.elements(as: UInt8.self))
    return pairs.map { abs(Int($0) - Int($1)) }.max()
}

@Suite struct ImageFileDecoderTests {
    /// Versions of libopenjp2 round the irreversible transform differently.
    private static let tolerances = ["lossy.jp2": 1]

    @Test func `there are images of every format`() {
        #expect(imageNames.count == 75)
    }

    @Test(arguments: imageNames)
    func `an image has the pixels that Pillow reads`(name: String) throws {
        let expected = try readNpy(fixture("images/\(name).npy"))
        let image = try pixels(fixture("images/\(name)"))
        let difference = try #require(try difference(image, expected), "\(image.shape), expected \(expected.shape)")
        #expect(difference <= Self.tolerances[name, default: 0])
    }

    @Test func `grey is the lightness of a pixel`() throws {
        let expected = try readNpy(fixture("images/rgb.png.grey.npy"))
        #expect(try difference(pixels(fixture("images/rgb.png"), .grayscale), expected) == 0)
    }

    @Test func `BGR turns the channels round`() throws {
        let bytes = try fixture("images/rgb.png")
        let rgb = try pixels(bytes).elements(as: UInt8.self)
        let bgr = try pixels(bytes, .bgr).elements(as: UInt8.self)
        for index in stride(from: 0, to: rgb.count, by: 3) {
            #expect(bgr[index..<index + 3].reversed() == Array(rgb[index..<index + 3]))
        }
    }

    @Test(
        arguments: [
            (
                [],
                "the bytes start like no known image, expected portable anymap, BMP, JPEG, JPEG 2000, PNG, TIFF, WebP"
            ),
            (
                Array("P6 2 2 255\n".utf8),
                "image `portable anymap`: the data ends too soon, expected 12 bytes at offset 11 of 11"
            ),
            (
                Array("P6 2 0 255\n".utf8),
                "image `portable anymap`: the image has 2 columns and 0 rows, expected 1 or more"
            ),
            (
                Array("P2 1 1 7 8 ".utf8),
                "image `portable anymap`: the number at offset 9 is too large, expected at most 7"
            ),
            (Array("P5 1 1 7 8".utf8), "image `portable anymap`: a sample is 56, expected at most 7"),
            (Array("BM".utf8), "image `BMP`: the data ends too soon, at offset 2"),
            ([0xFF, 0xD8, 0xFF], "image `JPEG`: the image is damaged: Premature end of JPEG file"),
            ([0xFF, 0x4F, 0xFF, 0x51, 0, 41], "image `JPEG 2000`: the data ends too soon, at offset 6"),
            (
                Array("\u{89}PNG\r\n".unicodeScalars.map { UInt8($0.value) }),
                "image `PNG`: the image is damaged: the data ends too soon"
            ),
            (Array("II*\0".utf8), "image `TIFF`: the image is damaged: Cannot read TIFF header"),
            (Array("RIFF0000WEBP".utf8), "image `WebP`: the image is damaged: the data ends too soon"),
        ] as [([UInt8], String)]
    )
    func `bytes that are no image are an error in words`(bytes: [UInt8], words: String) throws {
        let error = #expect(throws: ImageError.self) { try pixels(bytes) }
        #expect(error?.description == words)
    }
}

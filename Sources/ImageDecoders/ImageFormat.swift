import CImageCodecs
import Diagnostics

/// The formats of encoded images.
package enum ImageFormat: String, Sendable, CaseIterable {
    case anymap = "portable anymap"
    case bmp = "BMP"
    case jpeg = "JPEG"
    case jpeg2000 = "JPEG 2000"
    case png = "PNG"
    case tiff = "TIFF"
    case webp = "WebP"

    /// The format that bytes start like; `nil` when it is none of these.
    init?(_ bytes: ImageBytes) {
        let known = Self.allCases.first { $0.signatures.contains { bytes.start(with: $0) } }
        guard let known else { return nil }
        self = known
    }

    /// What the first bytes can be, `nil` for one that is of no account.
    private var signatures: [[UInt8?]] {
        switch self {
        case .anymap: (UInt8(ascii: "1")...UInt8(ascii: "6")).map { [UInt8(ascii: "P"), $0] }
        case .bmp: [Array("BM".utf8)]
        case .jpeg: [[0xFF, 0xD8, 0xFF]]
        case .jpeg2000: [[0xFF, 0x4F, 0xFF, 0x51], [0, 0, 0, 12] + Array("jP  \r\n".utf8)]
        case .png: [[0x89] + Array("PNG\r\n".utf8)]
        case .tiff: ["II*\0", "MM\0*", "II+\0", "MM\0+"].map { Array($0.utf8) }
        case .webp: [Array("RIFF".utf8) + [nil, nil, nil, nil] + Array("WEBP".utf8)]
        }
    }

    /// Decodes bytes of this format onto a canvas.
    func decode(_ bytes: ImageBytes, onto canvas: Canvas) throws(ImageError) {
        try locating(.item("image", rawValue)) { () throws(ImageError) in
            switch self {
            case .anymap: try decodeAnymap(bytes, onto: canvas)
            case .bmp: try decodeBitmap(bytes, onto: canvas)
            case .jpeg: try decode(bytes, onto: canvas, with: mlpack_jpeg_decode)
            case .jpeg2000:
                canvas.decoderByteCount = try JPEG2000Codestream(bytes).decoderByteCount
                try decode(bytes, onto: canvas, with: mlpack_jpeg2000_decode)
            case .png: try decode(bytes, onto: canvas, with: mlpack_png_decode)
            case .tiff: try decode(bytes, onto: canvas, with: mlpack_tiff_decode)
            case .webp: try decode(bytes, onto: canvas, with: mlpack_webp_decode)
            }
        }
    }

    private func decode(
        _ bytes: ImageBytes,
        onto canvas: Canvas,
        with library: (UnsafeMutablePointer<mlpack_image_request>) -> mlpack_image_status
    ) throws(ImageError) {
        var request = mlpack_image_request()
        request.bytes = bytes.pointer
        request.count = bytes.count
        request.limit = canvas.byteLimit
        request.context = Unmanaged.passUnretained(canvas).toOpaque()
        request.reserve = { context, width, height, pixelCost, fixedCost in
            guard let context else { return nil }
            let canvas = Unmanaged<Canvas>.fromOpaque(context).takeUnretainedValue()
            return canvas.reserved(width: width, height: height, pixelCost: pixelCost, fixedCost: fixedCost)
        }
        let status = withExtendedLifetime(canvas) { library(&request) }
        let words = withUnsafeBytes(of: request.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch status {
        case mlpack_image_decoded: return
        case mlpack_image_refused: throw canvas.refusal ?? ImageError(.limit, "the image is too large")
        case mlpack_image_out_of_memory: throw ImageError(.memory, "no memory to decode the image")
        case mlpack_image_unsupported: throw ImageError(.unsupported, "not supported: \(words)")
        default: throw ImageError(.malformed, words.isEmpty ? "the image is damaged" : "the image is damaged: \(words)")
        }
    }
}

import Diagnostics

/// Decodes a Windows or OS/2 bitmap: palettes of 1, 4 and 8 bits, runs, and colours of 16, 24 and 32 bits.
///
/// *Source*: Microsoft, `BITMAPFILEHEADER` to `BITMAPV5HEADER`.
func decodeBitmap(_ bytes: ImageBytes, onto canvas: Canvas) throws(ImageError) {
    let head = try BitmapHead(bytes)
    switch head.compression {
    case .runs4, .runs8: try decodeRuns(bytes, head, onto: canvas)
    case .none, .masks, .masksWithAlpha: try decodeRows(bytes, head, onto: canvas)
    }
}

private func decodeRows(_ bytes: ImageBytes, _ head: BitmapHead, onto canvas: Canvas) throws(ImageError) {
    let rowSize = (head.width * head.bitCount + 31) / 32 * 4
    let required = rowSize.multipliedReportingOverflow(by: head.height)
    try bytes.require(required.overflow ? .max : required.partialValue, at: head.pixelOffset)
    try canvas.reserve(width: head.width, height: head.height)
    for row in 0..<head.height {
        let start = head.pixelOffset + row * rowSize
        for x in 0..<head.width {
            let colour: Colour
            switch head.bitCount {
            case 24:
                colour = Colour(
                    red: UInt8(truncatingIfNeeded: try bytes.byte(start + x * 3 + 2)),
                    green: UInt8(truncatingIfNeeded: try bytes.byte(start + x * 3 + 1)),
                    blue: UInt8(truncatingIfNeeded: try bytes.byte(start + x * 3))
                )
            case 16: colour = head.colour(try bytes.little16(start + x * 2))
            case 32: colour = head.colour(try bytes.little32(start + x * 4))
            default:
                let bit = x * head.bitCount
                let index = try bytes.byte(start + bit / 8) >> (8 - head.bitCount - bit % 8)
                colour = head.palette[index & (1 << head.bitCount - 1)]
            }
            canvas.set(x: x, y: head.y(ofRow: row), to: colour)
        }
    }
}

/// Runs of one colour, or of two in turn with 4 bits; what they leave out has the first colour.
private func decodeRuns(_ bytes: ImageBytes, _ head: BitmapHead, onto canvas: Canvas) throws(ImageError) {
    try canvas.reserve(width: head.width, height: head.height)
    for y in 0..<head.height {
        for x in 0..<head.width { canvas.set(x: x, y: y, to: head.palette[0]) }
    }
    let isNarrow = head.compression == .runs4
    var (offset, x, row) = (head.pixelOffset, 0, 0)

    /// The index of a pixel in bytes that hold one or two of them.
    func index(_ byte: Int, _ position: Int) -> Int {
        isNarrow ? position % 2 == 0 ? byte >> 4 : byte & 15 : byte
    }

    while row < head.height {
        let (count, value) = (try bytes.byte(offset), try bytes.byte(offset + 1))
        offset += 2
        switch (count, value) {
        case (0, 0): (x, row) = (0, row + 1)
        case (0, 1): return
        case (0, 2):
            x += try bytes.byte(offset)
            row += try bytes.byte(offset + 1)
            offset += 2
        case (0, _):
            for position in 0..<value {
                let byte = try bytes.byte(offset + (isNarrow ? position / 2 : position))
                canvas.set(x: x + position, y: head.y(ofRow: row), to: head.palette[index(byte, position)])
            }
            x += value
            // Literal pixels fill units of two bytes.
            offset += ((isNarrow ? (value + 1) / 2 : value) + 1) / 2 * 2
        default:
            for position in 0..<count {
                canvas.set(x: x + position, y: head.y(ofRow: row), to: head.palette[index(value, position)])
            }
            x += count
        }
    }
}

/// What stands before the pixels of a bitmap.
private struct BitmapHead {
    enum Compression: Int {
        case none = 0
        case runs8 = 1
        case runs4 = 2
        case masks = 3
        case masksWithAlpha = 6
    }

    let width: Int
    let height: Int
    let bitCount: Int
    let compression: Compression
    let pixelOffset: Int
    /// 256 colours, black where the file gives none.
    let palette: [Colour]
    private let isTopDown: Bool
    /// Where red, green and blue lie in a pixel of 16 or 32 bits.
    private let masks: [Int]

    init(_ bytes: ImageBytes) throws(ImageError) {
        pixelOffset = try bytes.little32(10)
        let size = try bytes.little32(14)
        guard [12, 40, 52, 56, 64, 108, 124].contains(size) else {
            throw ImageError(.unsupported, "a head of \(size) bytes is not supported")
        }
        let isCore = size == 12
        width = isCore ? try bytes.little16(18) : Int(Int32(truncatingIfNeeded: try bytes.little32(18)))
        let signedHeight = isCore ? try bytes.little16(20) : Int(Int32(truncatingIfNeeded: try bytes.little32(22)))
        height = abs(signedHeight)
        isTopDown = signedHeight < 0
        bitCount = try bytes.little16(isCore ? 24 : 28)
        guard width > 0, height > 0 else {
            throw ImageError(.malformed, "the image has \(width) columns and \(height) rows, expected 1 or more")
        }
        let number = isCore ? 0 : try bytes.little32(30)
        // OS/2 gives the numbers from 3 other meanings.
        guard let compression = Compression(rawValue: number), size != 64 || number < 3 else {
            throw ImageError(.unsupported, "compression \(number) is not supported")
        }
        self.compression = compression
        let fits =
            switch compression {
            case .none: [1, 4, 8, 16, 24, 32].contains(bitCount)
            case .runs8: bitCount == 8
            case .runs4: bitCount == 4
            case .masks, .masksWithAlpha: bitCount == 16 || bitCount == 32
            }
        guard fits else {
            throw ImageError(.unsupported, "\(bitCount) bits a pixel with compression \(number) are not supported")
        }
        let hasMasks = compression == .masks || compression == .masksWithAlpha
        // Masks are part of the longer heads, at the same place.
        masks =
            hasMasks
            ? [try bytes.little32(54), try bytes.little32(58), try bytes.little32(62)]
            : bitCount == 16 ? [0x7C00, 0x03E0, 0x001F] : [0xFF0000, 0x00FF00, 0x0000FF]
        palette = try Self.palette(bytes, bitCount: bitCount, headSize: size, pixelOffset: pixelOffset)
    }

    private static func palette(
        _ bytes: ImageBytes,
        bitCount: Int,
        headSize: Int,
        pixelOffset: Int
    ) throws(ImageError) -> [Colour] {
        var palette = [Colour](repeating: .black, count: 256)
        guard bitCount <= 8 else { return palette }
        let isCore = headSize == 12
        let used = isCore ? 0 : try bytes.little32(46)
        var count = used == 0 ? 1 << bitCount : min(used, 1 << bitCount)
        let (start, step) = (14 + headSize, isCore ? 3 : 4)
        count = min(count, max(0, pixelOffset - start) / step)
        for index in 0..<count {
            let offset = start + index * step
            palette[index] = Colour(
                red: UInt8(truncatingIfNeeded: try bytes.byte(offset + 2)),
                green: UInt8(truncatingIfNeeded: try bytes.byte(offset + 1)),
                blue: UInt8(truncatingIfNeeded: try bytes.byte(offset))
            )
        }
        return palette
    }

    /// The row of the image that a row of the file is: files start at the bottom unless the height is negative.
    func y(ofRow row: Int) -> Int { isTopDown ? row : height - 1 - row }

    /// The colour of a pixel of 16 or 32 bits.
    func colour(_ pixel: Int) -> Colour {
        func channel(_ mask: Int) -> UInt8 {
            guard mask != 0 else { return 0 }
            let shift = mask.trailingZeroBitCount
            return UInt8(truncatingIfNeeded: ((pixel & mask) >> shift) * 255 / (mask >> shift))
        }
        return Colour(red: channel(masks[0]), green: channel(masks[1]), blue: channel(masks[2]))
    }
}

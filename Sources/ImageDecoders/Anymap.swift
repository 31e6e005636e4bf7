import Diagnostics

/// Decodes the six kinds of portable bitmaps, graymaps and pixmaps.
///
/// *Source*: the manual pages pbm(5), pgm(5) and ppm(5) of Netpbm.
func decodeAnymap(_ bytes: ImageBytes, onto canvas: Canvas) throws(ImageError) {
    var reader = AnymapReader(bytes: bytes, offset: 2)
    let kind = try bytes.byte(1) - Int(UInt8(ascii: "0"))
    let isPlain = kind <= 3
    let isBitmap = kind == 1 || kind == 4
    let channelCount = kind == 3 || kind == 6 ? 3 : 1
    let width = try reader.number(atMost: .max >> 32)
    let height = try reader.number(atMost: .max >> 32)
    let greatest = isBitmap ? 1 : try reader.number(atMost: 65_535)
    guard greatest > 0 else { throw ImageError(.malformed, "the greatest sample is 0, expected 1 or more") }
    // One blank lies between the head and samples in binary.
    if !isPlain { try reader.skipBlank() }
    let sampleSize = isBitmap ? 0 : greatest > 255 ? 2 : 1
    let rowSize = isBitmap ? (width + 7) / 8 : width * channelCount * sampleSize
    // Plain samples take a byte each at least.
    let required = (isPlain ? width * channelCount : rowSize).multipliedReportingOverflow(by: height)
    try bytes.require(required.overflow ? .max : required.partialValue, at: reader.offset)
    try canvas.reserve(width: width, height: height)

    func sample(_ row: Int, _ index: Int) throws(ImageError) -> UInt8 {
        let value: Int
        if isBitmap {
            if isPlain { return try reader.bit() ? 0 : 255 }
            return try bytes.byte(reader.offset + row * rowSize + index / 8) << (index % 8) & 0x80 != 0 ? 0 : 255
        }
        if isPlain {
            value = try reader.number(atMost: greatest)
        } else if sampleSize == 1 {
            value = try bytes.byte(reader.offset + row * rowSize + index)
        } else {
            value = try bytes.big16(reader.offset + row * rowSize + index * 2)
        }
        guard value <= greatest else {
            throw ImageError(.malformed, "a sample is \(value), expected at most \(greatest)")
        }
        return UInt8(truncatingIfNeeded: greatest == 255 ? value : (value * 255 + greatest / 2) / greatest)
    }

    for y in 0..<height {
        for x in 0..<width {
            let first = try sample(y, x * channelCount)
            var colour = Colour(red: first, green: first, blue: first)
            if channelCount == 3 {
                colour.green = try sample(y, x * 3 + 1)
                colour.blue = try sample(y, x * 3 + 2)
            }
            canvas.set(x: x, y: y, to: colour)
        }
    }
}

/// Reads words in ASCII, between which lie blanks and comments.
private struct AnymapReader {
    let bytes: ImageBytes
    var offset: Int

    private static func isBlank(_ byte: Int) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    mutating func skipBlank() throws(ImageError) {
        guard Self.isBlank(try bytes.byte(offset)) else {
            throw ImageError(.malformed, "offset \(offset) holds no blank, expected one behind the head")
        }
        offset += 1
    }

    private mutating func skipBlanks() throws(ImageError) {
        while true {
            let byte = try bytes.byte(offset)
            if byte == UInt8(ascii: "#") {
                while try bytes.byte(offset) != 0x0A { offset += 1 }
            } else if !Self.isBlank(byte) {
                return
            }
            offset += 1
        }
    }

    mutating func number(atMost greatest: Int) throws(ImageError) -> Int {
        try skipBlanks()
        let start = offset
        var value = 0
        while offset < bytes.count {
            let digit = try bytes.byte(offset) - Int(UInt8(ascii: "0"))
            guard (0...9).contains(digit) else { break }
            value = value * 10 + digit
            guard value <= greatest else {
                throw ImageError(.malformed, "the number at offset \(start) is too large, expected at most \(greatest)")
            }
            offset += 1
        }
        guard offset > start else { throw ImageError(.malformed, "offset \(start) holds no digit, expected a number") }
        return value
    }

    /// A digit of a plain bitmap, whose digits need no blanks between them.
    mutating func bit() throws(ImageError) -> Bool {
        try skipBlanks()
        let digit = try bytes.byte(offset) - Int(UInt8(ascii: "0"))
        guard digit == 0 || digit == 1 else {
            throw ImageError(.malformed, "offset \(offset) holds no bit, expected 0 or 1")
        }
        offset += 1
        return digit == 1
    }
}

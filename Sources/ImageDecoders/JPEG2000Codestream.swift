import Diagnostics

/// What the markers of a JPEG 2000 image say about the memory that decoding it takes.
///
/// libopenjp2 allocates what the markers ask for: a block takes it several hundred bytes, however few samples are in it,
/// and a file of few bytes can ask for a block at each sample. So the markers are read here first.
///
/// *Source*: ITU-T T.800, annex A, and annex I for the boxes around the codestream.
struct JPEG2000Codestream {
    /// How the samples of a component are cut up somewhere in the codestream.
    private struct CodingStyle {
        /// Logarithms of a block's extents.
        var blockWidth: Int
        var blockHeight: Int
        /// Logarithms of a precinct's extents at each level, the coarsest first.
        var precincts: [(width: Int, height: Int)]
    }

    private enum Marker {
        static let startOfCodestream = 0xFF4F
        static let size = 0xFF51
        static let codingStyle = 0xFF52
        static let componentCodingStyle = 0xFF53
        static let startOfTilePart = 0xFF90
        static let startOfData = 0xFF93
        /// The others that libopenjp2 knows; behind an unknown one it looks for one of these, whatever the length says.
        static let others: Set<Int> = [
            0xFF50, 0xFF55, 0xFF57, 0xFF58, 0xFF5C, 0xFF5D, 0xFF5E, 0xFF5F, 0xFF60, 0xFF61, 0xFF63, 0xFF64, 0xFF74,
            0xFF75, 0xFF77, 0xFF78,
        ]
    }

    private let bytes: ImageBytes
    private let componentCount: Int
    private let sampleCount: Double
    private let tileCount: Double
    private let tile: (width: Double, height: Double)
    private var layerCount = 1
    private var styles: [CodingStyle] = []

    /// Reads the markers, without the data between them.
    ///
    /// *Throws*: `malformed`, `unsupported` for a marker that hardly any file has.
    init(_ bytes: ImageBytes) throws(ImageError) {
        self.bytes = bytes
        let start = try Self.start(in: bytes)
        guard try bytes.big16(start) == Marker.startOfCodestream, try bytes.big16(start + 2) == Marker.size else {
            throw ImageError(.malformed, "the codestream does not start with its size")
        }
        var extents: [Double] = []
        for index in 0..<8 { extents.append(Double(try bytes.big32(start + 8 + index * 4))) }
        let (width, height) = (extents[0] - extents[2], extents[1] - extents[3])
        guard width > 0, height > 0, extents[4] > 0, extents[5] > 0 else {
            throw ImageError(.malformed, "the codestream has no samples")
        }
        sampleCount = width * height
        tile = (min(width, extents[4]), min(height, extents[5]))
        let columns = max(1, ((extents[0] - extents[6]) / extents[4]).rounded(.up))
        let rows = max(1, ((extents[1] - extents[7]) / extents[5]).rounded(.up))
        tileCount = columns * rows
        componentCount = try bytes.big16(start + 40)
        try readMarkers(from: start + 4 + bytes.big16(start + 4))
    }

    /// Where the codestream starts: at once, or in the box that holds it.
    private static func start(in bytes: ImageBytes) throws(ImageError) -> Int {
        if try bytes.big16(0) == Marker.startOfCodestream { return 0 }
        var offset = 0
        while true {
            let (length, kind) = (try bytes.big32(offset), try bytes.big32(offset + 4))
            let isLong = length == 1
            if kind == 0x6A70_3263 { return offset + (isLong ? 16 : 8) }  // jp2c
            let excess = isLong ? try bytes.big32(offset + 8) : 0
            let step = isLong ? try bytes.big32(offset + 12) : length
            guard excess == 0, step >= (isLong ? 16 : 8) else { throw badBox(offset) }
            offset += step
        }
    }

    private static func badBox(_ offset: Int) -> ImageError {
        ImageError(.malformed, "the box at offset \(offset) has no length that it can have")
    }

    /// Reads the main head and the head of each part of a tile.
    private mutating func readMarkers(from start: Int) throws(ImageError) {
        var offset = start
        var partStart = start
        while true {
            let marker = try bytes.big16(offset)
            switch marker {
            case Marker.startOfTilePart:
                partStart = offset
                offset += 12
                continue
            case Marker.startOfData:
                let length = try bytes.big32(partStart + 6)
                // The last part may have no length. Behind a part there is another one, or nothing that counts.
                guard length > 0, partStart + length + 2 <= bytes.count else { return }
                guard partStart + length >= offset + 2 else {
                    throw ImageError(.malformed, "the part of a tile at offset \(partStart) is shorter than its head")
                }
                offset = partStart + length
                guard try bytes.big16(offset) == Marker.startOfTilePart else { return }
                continue
            case Marker.codingStyle:
                layerCount = max(layerCount, try bytes.big16(offset + 6))
                try readStyle(at: offset + 9, hasPrecincts: try bytes.byte(offset + 4) & 1 != 0)
            case Marker.componentCodingStyle:
                let flags = offset + (componentCount < 257 ? 5 : 6)
                try readStyle(at: flags + 1, hasPrecincts: try bytes.byte(flags) & 1 != 0)
            default:
                guard Marker.others.contains(marker) else {
                    throw ImageError(.unsupported, "marker \(marker) at offset \(offset) is not supported")
                }
            }
            offset += 2 + max(2, try bytes.big16(offset + 2))
        }
    }

    private mutating func readStyle(at offset: Int, hasPrecincts: Bool) throws(ImageError) {
        let levelCount = try bytes.byte(offset) + 1
        guard levelCount <= 33 else {
            throw ImageError(.malformed, "the samples have \(levelCount) levels, expected at most 33")
        }
        var style = CodingStyle(
            blockWidth: (try bytes.byte(offset + 1) & 15) + 2,
            blockHeight: (try bytes.byte(offset + 2) & 15) + 2,
            precincts: [(width: Int, height: Int)](repeating: (15, 15), count: levelCount)
        )
        if hasPrecincts {
            for level in 0..<levelCount {
                let extents = try bytes.byte(offset + 5 + level)
                style.precincts[level] = (extents & 15, extents >> 4)
            }
        }
        styles.append(style)
    }

    /// Blocks of a component in a tile, and precincts of the level that has most, both rather too many.
    private func counts(_ style: CodingStyle) -> (blocks: Double, precincts: Double) {
        var (blocks, precincts) = (0.0, 0.0)
        for (level, precinct) in style.precincts.enumerated() {
            let scale = Double(1 << (style.precincts.count - 1 - level))
            let (width, height) = (tile.width / scale, tile.height / scale)
            // But for the coarsest level, a precinct lies over three bands of half the extents.
            let half = level == 0 ? 0 : 1
            let blockWidth = Double(1 << max(0, min(style.blockWidth, precinct.width - half)))
            let blockHeight = Double(1 << max(0, min(style.blockHeight, precinct.height - half)))
            blocks += (width / blockWidth + 4) * (height / blockHeight + 4)
            let count = (width / Double(1 << precinct.width) + 2) * (height / Double(1 << precinct.height) + 2)
            precincts = max(precincts, count * Double(style.precincts.count))
        }
        return (blocks, precincts)
    }

    /// Bytes that decoding takes at most; the greatest `Int` where it would not fit.
    // NUMERICS: as numbers that cannot overflow; what they lose is of no account.
    var decoderByteCount: Int {
        var (blocks, precincts) = (0.0, 0.0)
        for style in styles {
            let counts = counts(style)
            (blocks, precincts) = (max(blocks, counts.blocks), max(precincts, counts.precincts))
        }
        // Samples have four bytes, in the image and once more in the tile where there are several.
        let samples = sampleCount + (tileCount > 1 ? tile.width * tile.height : 0)
        let forComponent = samples * 4 + blocks * 1024 + precincts * Double(layerCount) * 2 + tileCount * 1100
        let total = Double(componentCount) * forComponent + tileCount * 6000
        return total < 0x1p62 ? Int(total) : .max
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// The mean or the largest of samples in the cells of regions of images, taken between the pixels without rounding.
///
/// *Shapes*: `[n, c, h, w], [regions, 4], [regions] → [regions, c, height, width]`.
struct RoiAlign: Operator {
    private enum Mode: String, CaseIterable, Sendable {
        case average = "avg"
        case max
    }

    private enum Coordinates: String, CaseIterable, Sendable {
        case halfPixel = "half_pixel"
        case outputHalfPixel = "output_half_pixel"
    }

    private let mode: Mode
    private let coordinates: Coordinates
    private let cells: (height: Int, width: Int)
    private let sampleCount: Int
    private let scale: Float

    static let definition = OperatorDefinition("RoiAlign", since: 10, 16, 22, halves: .widened) {
        node throws(EngineError) in
        let coordinates = try node.choice("coordinate_transformation_mode", default: Coordinates.halfPixel)
        return RoiAlign(
            mode: try node.choice("mode", default: .average),
            coordinates: node.version < 16 ? .outputHalfPixel : coordinates,
            cells: (
                try node.count("output_height", 1...largestCount, default: 1),
                try node.count("output_width", 1...largestCount, default: 1)
            ),
            sampleCount: try node.count("sampling_ratio", 0...largestSampleCount, default: 0),
            scale: try node.float("spatial_scale", default: 1)
        )
    }

    private static let largestCount = 1 << 24
    /// Samples along one side of a cell.
    private static let largestSampleCount = 1 << 12

    func infer(_ inputs: InputFacts) -> [Facts] {
        let counts = (1...2).map { [inputs.shape($0)?.first ?? .unknown] }
        let regions = counts[0].merged(with: counts[1])[0]
        let channels = inputs.shape().flatMap { $0.count == 4 ? $0[1] : nil } ?? .unknown
        return [.tensor(inputs.elementType(), [regions, channels, .fixed(cells.height), .fixed(cells.width)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [.tensor(try align(Float.self, input, call))]
        case .double: return [.tensor(try align(Double.self, input, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func align<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let regions = try call.tensor(1)
        let images = try call.tensor(2).integers("the images")
        guard input.shape.rank == 4, regions.shape.dimensions == [images.count, 4] else {
            throw EngineError(
                .shape,
                "input and regions have shapes \(input.shape) and \(regions.shape), expected images and [\(images.count), 4]"
            )
        }
        if let image = images.first(where: { $0 < 0 || $0 >= input.shape[0] }) {
            throw EngineError(.index, "image \(image) is out of range, expected 0 to \(input.shape[0] - 1)")
        }
        let (channels, height, width) = (input.shape[1], input.shape[2], input.shape[3])
        let shape = try call.shape([images.count, channels, cells.height, cells.width])
        try call.state.check(type.elementType, shape)
        let (source, corners) = (try input.pointer(type), try regions.pointer(type))
        var sides: [(vertical: Side<Element>, horizontal: Side<Element>)] = []
        for region in images.indices {
            let corner = corners + 4 * region
            let vertical = try side(corner[1], corner[3], cells.height, call)
            sides.append((vertical, try side(corner[0], corner[2], cells.width, call)))
        }
        return try call.tensor(of: type, shape) { target in
            for (region, image) in images.enumerated() {
                let rows = AxisSamples(sides[region].vertical, cells.height, extent: height)
                let columns = AxisSamples(sides[region].horizontal, cells.width, extent: width)
                for channel in 0..<channels {
                    let plane = source + (image * channels + channel) * height * width
                    for row in 0..<cells.height {
                        for column in 0..<cells.width {
                            let index = ((region * channels + channel) * cells.height + row) * cells.width + column
                            target[index] = Element(
                                cell(plane, rows, rows.cells[row], columns, columns.cells[column], width)
                            )
                        }
                    }
                }
            }
        }
    }

    /// A side of a region in pixels: where it starts, how long a cell of it is, and how many samples a cell has.
    private struct Side<Element: RealElement> {
        let start: Element
        let cellLength: Element
        let sampleCount: Int
    }

    private func side<Element: RealElement>(
        _ from: Element,
        _ to: Element,
        _ cellCount: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> Side<Element> {
        let shift: Element = coordinates == .halfPixel ? 0.5 : 0
        let start = from * Element(scale) - shift
        var length = to * Element(scale) - shift - start
        // SPEC: before there was a choice of coordinates, a region was at least one pixel wide.
        if coordinates == .outputHalfPixel { length = max(length, 1) }
        let cellLength = length / Element(cellCount)
        let count = sampleCount > 0 ? sampleCount : max(0, Int(saturating: cellLength.rounded(.up)))
        guard count <= Self.largestSampleCount else {
            throw EngineError(
                .limit,
                "a region from \(from) to \(to) has \(count) samples along a cell, more than the limit of \(Self.largestSampleCount)"
            )
        }
        try call.state.check(.int64, call.shape([cellCount, count + 1, 4]))
        return Side(start: start, cellLength: cellLength, sampleCount: count)
    }

    /// The samples along one axis of a region that lie in an image, for each cell of the region.
    private struct AxisSamples {
        /// How many samples a cell has, those outside included.
        let count: Int
        private(set) var cells: [Range<Int>] = []
        private(set) var lower: [Int] = []
        private(set) var upper: [Int] = []
        /// How far a sample lies from its lower pixel.
        private(set) var fractions: [Double] = []

        init<Element: RealElement>(_ side: Side<Element>, _ cellCount: Int, extent: Int) {
            count = side.sampleCount
            for cell in 0..<cellCount {
                let first = fractions.count
                for step in 0..<count {
                    let inside = (Element(step) + 0.5) * side.cellLength / Element(count)
                    let place = side.start + Element(cell) * side.cellLength + inside
                    guard place >= -1, place <= Element(extent), extent > 0 else { continue }
                    let low = min(Int(saturating: max(place, 0)), extent - 1)
                    lower.append(low)
                    upper.append(min(low + 1, extent - 1))
                    fractions.append(low == extent - 1 ? 0 : Double(max(place, 0)) - Double(low))
                }
                cells.append(first..<fractions.count)
            }
        }
    }

    private func cell<Element: RealElement>(
        _ plane: UnsafePointer<Element>,
        _ rows: AxisSamples,
        _ rowRange: Range<Int>,
        _ columns: AxisSamples,
        _ columnRange: Range<Int>,
        _ width: Int
    ) -> Double {
        var sum = 0.0
        // SPEC: samples outside of the image are zeros, which count for the largest, too.
        let isComplete = rowRange.count == rows.count && columnRange.count == columns.count
        var largest = isComplete && rows.count * columns.count > 0 ? -Double.infinity : 0
        for row in rowRange {
            let (above, below) = (plane + rows.lower[row] * width, plane + rows.upper[row] * width)
            let y = rows.fractions[row]
            for column in columnRange {
                let (left, right, x) = (columns.lower[column], columns.upper[column], columns.fractions[column])
                let corners = SIMD4(
                    (1 - y) * (1 - x) * Double(above[left]),
                    (1 - y) * x * Double(above[right]),
                    y * (1 - x) * Double(below[left]),
                    y * x * Double(below[right])
                )
                // SPEC: the largest of the weighed corners, not of their sums, as the reference implementation has it.
                if mode == .max { largest = max(largest, corners.max()) } else { sum += corners.sum() }
            }
        }
        return mode == .max ? largest : sum / Double(max(1, rows.count * columns.count))
    }
}

extension NodeContext {
    /// A count within a range.
    fileprivate func count(
        _ name: String,
        _ range: ClosedRange<Int>,
        default value: Int
    ) throws(EngineError) -> Int {
        let count = try int(name, default: value)
        guard range.contains(count) else {
            throw .attribute(name, count, expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }
}

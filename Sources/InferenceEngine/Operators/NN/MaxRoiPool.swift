import Diagnostics
import OnnxIR
import Tensors

/// The largest elements of the cells of regions of images, as many cells for each region.
///
/// *Shapes*: `[n, c, h, w], [regions, 5] → [regions, c, height, width]`; a region is an image's number and two corners.
struct MaxRoiPool: Operator {
    private let cells: [Int]
    private let scale: Float

    static let definition = OperatorDefinition("MaxRoiPool", since: 1, 22, halves: .widened) {
        node throws(EngineError) in
        let given = try node.ints("pooled_shape")
        let cells = try node.required("pooled_shape", given)
        guard cells.count == 2, cells.allSatisfy({ $0 > 0 && $0 <= 1 << 24 }) else {
            throw .attribute("pooled_shape", cells, expected: "two numbers from 1 to \(1 << 24)")
        }
        return MaxRoiPool(cells: cells, scale: try node.float("spatial_scale", default: 1))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let regions = inputs.shape(1)?.first ?? .unknown
        let channels = inputs.shape().flatMap { $0.count == 4 ? $0[1] : nil } ?? .unknown
        return [.tensor(inputs.elementType(), [regions, channels] + cells.map { .fixed($0) })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, regions) = (try call.tensor(0), try call.tensor(1))
        switch input.elementType {
        case .float: return [.tensor(try pool(Float.self, input, regions, call))]
        case .double: return [.tensor(try pool(Double.self, input, regions, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func pool<Element: RealElement & WrappingNumber>(
        _ type: Element.Type,
        _ input: Tensor,
        _ regions: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        guard input.shape.rank == 4, regions.shape.rank == 2, regions.shape[1] == 5 else {
            throw EngineError(
                .shape,
                "input and regions have shapes \(input.shape) and \(regions.shape), expected images and rows of 5"
            )
        }
        let (channels, height, width) = (input.shape[1], input.shape[2], input.shape[3])
        let shape = try call.shape([regions.shape[0], channels] + cells)
        try call.state.check(type.elementType, shape)
        let (source, corners) = (try input.pointer(type), try regions.pointer(type))
        var spans: [(image: Int, rows: [Range<Int>], columns: [Range<Int>])] = []
        try call.state.check(.int64, call.shape([regions.shape[0], 2, cells[0] + cells[1]]))
        for region in 0..<regions.shape[0] {
            let place = corners + 5 * region
            let image = Int(saturating: place[0])
            guard image >= 0, image < input.shape[0] else {
                throw EngineError(.index, "image \(image) is out of range, expected 0 to \(input.shape[0] - 1)")
            }
            spans.append(
                (image, split(place[2], place[4], height, cells[0]), split(place[1], place[3], width, cells[1]))
            )
        }
        return try call.tensor(of: type, shape) { target in
            for (region, span) in spans.enumerated() {
                for channel in 0..<channels {
                    let plane = source + (span.image * channels + channel) * height * width
                    for (row, rows) in span.rows.enumerated() {
                        for (column, columns) in span.columns.enumerated() {
                            let index = ((region * channels + channel) * cells[0] + row) * cells[1] + column
                            target[index] = Self.largest(plane, rows, columns, width)
                        }
                    }
                }
            }
        }
    }

    /// The cells of a region along one axis, cut off at its ends; neighbours share an element where it lies in both.
    private func split<Element: RealElement>(_ from: Element, _ to: Element, _ extent: Int, _ count: Int) -> [Range<
        Int
    >] {
        let scale = Element(scale)
        let bound = Element(1 << 30)
        let first = min(max((from * scale).rounded(.toNearestOrAwayFromZero), -bound), bound)
        let last = min(max((to * scale).rounded(.toNearestOrAwayFromZero), -bound), bound)
        let size = max(last - first + 1, 1) / Element(count)
        return (0..<count).map { index in
            let lower = Int(saturating: (Element(index) * size).rounded(.down) + first)
            let upper = Int(saturating: (Element(index + 1) * size).rounded(.up) + first)
            let start = min(max(lower, 0), extent)
            return start..<max(start, min(max(upper, 0), extent))
        }
    }

    private static func largest<Element: RealElement & WrappingNumber>(
        _ plane: UnsafePointer<Element>,
        _ rows: Range<Int>,
        _ columns: Range<Int>,
        _ width: Int
    ) -> Element {
        guard !rows.isEmpty, !columns.isEmpty else { return 0 }
        var largest = -Element.infinity
        for row in rows {
            for column in columns { largest = max(largest, plane[row * width + column]) }
        }
        return largest
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// The boxes with the highest scores, for each class of each image, without those that overlap one with a higher score.
///
/// *Shapes*: boxes `[n, boxes, 4]` and scores `[n, classes, boxes]` to `[selected, 3]`: image, class and box.
struct NonMaxSuppression: Operator {
    private let isCentered: Bool

    static let definition = OperatorDefinition("NonMaxSuppression", since: 10, 11) { node throws(EngineError) in
        NonMaxSuppression(isCentered: try node.bool("center_point_box", default: false))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(.int64, [.unknown, .fixed(3)])] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (boxes, scores) = (try call.tensor(0), try call.tensor(1))
        let (batch, boxCount) = (boxes.shape.dimensions.first ?? 0, boxes.shape.dimensions.dropFirst().first ?? 0)
        guard boxes.shape.dimensions == [batch, boxCount, 4], scores.shape.rank == 3, scores.shape[0] == batch,
            scores.shape[2] == boxCount
        else {
            throw EngineError(.shape, "boxes have shape \(boxes.shape), which does not fit scores of \(scores.shape)")
        }
        let largestCount = max(0, try call.integers(2)?.first ?? 0)
        let overlap = try call.optionalTensor(3)?.array(of: Float.self).first ?? 0
        let leastScore = try call.optionalTensor(4)?.array(of: Float.self).first
        let (corners, values) = (try boxes.pointer(Float.self), try scores.pointer(Float.self))
        let classCount = scores.shape[1]
        try call.state.check(.int64, call.shape([batch, classCount, min(boxCount, largestCount), 3]))
        var selected: [Int64] = []
        for image in 0..<batch {
            let places = (0..<boxCount).map { Box(corners + (image * boxCount + $0) * 4, isCentered: isCentered) }
            for number in 0..<classCount where largestCount > 0 {
                let line = values + (image * classCount + number) * boxCount
                let order = Self.candidates(line, boxCount, above: leastScore)
                for box in Self.select(order, places, overlap, largestCount) {
                    selected += [Int64(image), Int64(number), Int64(box)]
                }
            }
        }
        return [.tensor(try .of(selected, call.shape([selected.count / 3, 3])))]
    }

    /// The boxes with high enough scores, the highest first; of equal ones the first come first, and NaN last.
    private static func candidates(_ scores: UnsafePointer<Float>, _ count: Int, above least: Float?) -> [Int] {
        (0..<count).filter { index in least.map { scores[index] > $0 } ?? true }.sorted { left, right in
            let (x, y) = (scores[left], scores[right])
            if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? left < right : y.isNaN }
            return x == y ? left < right : x > y
        }
    }

    private static func select(_ order: [Int], _ boxes: [Box], _ overlap: Float, _ largestCount: Int) -> [Int] {
        var selected: [Int] = []
        for candidate in order {
            guard selected.count < largestCount else { break }
            let box = boxes[candidate]
            if !selected.contains(where: { boxes[$0].overlap(box) > overlap }) { selected.append(candidate) }
        }
        return selected
    }

    /// A box by its corners.
    private struct Box {
        let lower: SIMD2<Float>
        let upper: SIMD2<Float>

        init(_ numbers: UnsafePointer<Float>, isCentered: Bool) {
            let (first, second) = (SIMD2(numbers[0], numbers[1]), SIMD2(numbers[2], numbers[3]))
            lower = isCentered ? first - second / 2 : pointwiseMin(first, second)
            upper = isCentered ? first + second / 2 : pointwiseMax(first, second)
        }

        private var area: Float { (upper.x - lower.x) * (upper.y - lower.y) }

        /// The part of the area of both boxes that they share.
        func overlap(_ other: Box) -> Float {
            let sides = pointwiseMin(upper, other.upper) - pointwiseMax(lower, other.lower)
            guard sides.x > 0, sides.y > 0, area > 0, other.area > 0 else { return 0 }
            let shared = sides.x * sides.y
            return shared / (area + other.area - shared)
        }
    }
}

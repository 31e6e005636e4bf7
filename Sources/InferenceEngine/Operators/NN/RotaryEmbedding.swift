import Diagnostics
import OnnxIR
import Tensors

/// The pairs of each head's elements turned by the angle of their position.
///
/// *Shapes*: `[batch, heads, length, head size]`, or `[batch, length, heads · head size]` with `num_heads`.
struct RotaryEmbedding: Operator {
    let headCount: Int?
    /// How many elements of a head are turned; all when it is 0.
    let turnedCount: Int
    /// Whether a pair's elements are neighbours, and not half of what is turned apart.
    let isInterleaved: Bool

    static let definition = OperatorDefinition("RotaryEmbedding", since: 23, halves: .widened) {
        node throws(EngineError) in
        RotaryEmbedding(
            headCount: try node.has("num_heads") ? node.groupCount("num_heads") : nil,
            turnedCount: try node.int("rotary_embedding_dim", default: 0),
            isInterleaved: try node.bool("interleaved", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    /// Where the heads of the input lie, and how many of their elements are turned.
    private struct Layout {
        let batch: Int
        let length: Int
        let headCount: Int
        let headSize: Int
        let turnedCount: Int
        /// Whether the heads come before the positions.
        let isHeadFirst: Bool
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let layout = try layout(input.shape)
        let half = layout.turnedCount / 2
        let (cosines, sines) = (try call.tensor(1), try call.tensor(2))
        let rows = try rows(cosines.shape, layout, call)
        guard sines.shape == cosines.shape, cosines.shape.dimensions.last == half else {
            throw EngineError(
                .shape,
                "the caches have shapes \(cosines.shape) and \(sines.shape), expected \(half) as the last extent"
            )
        }
        let source = try input.pointer(Float.self)
        let (cosine, sine) = (try cosines.pointer(Float.self), try sines.pointer(Float.self))
        let step = isInterleaved ? 2 : 1
        let distance = isInterleaved ? 1 : half
        let result = try call.tensor(of: Float.self, input.shape) { target in
            target.update(from: source, count: input.shape.elementCount)
            for place in 0..<(layout.batch * layout.length * layout.headCount) {
                let (position, start) = Self.position(place, layout)
                let angles = rows[position] * half
                for index in 0..<half {
                    let first = start + index * step
                    let (x, y) = (source[first], source[first + distance])
                    let (c, s) = (cosine[angles + index], sine[angles + index])
                    target[first] = c * x - s * y
                    target[first + distance] = s * x + c * y
                }
            }
        }
        return [.tensor(result)]
    }

    /// For one head at one position: which position of the batch it is, and where its elements start.
    private static func position(_ place: Int, _ layout: Layout) -> (position: Int, start: Int) {
        let position: Int
        if layout.isHeadFirst {
            let sample = place / (layout.headCount * layout.length)
            position = sample * layout.length + place % layout.length
        } else {
            position = place / layout.headCount
        }
        return (position, place * layout.headSize)
    }

    private func layout(_ shape: Shape) throws(EngineError) -> Layout {
        let (length, heads, size): (Int, Int, Int)
        switch (shape.rank, headCount) {
        case (4, _): (length, heads, size) = (shape[2], shape[1], shape[3])
        case (3, let count?) where shape[2] % count == 0: (length, heads, size) = (shape[1], count, shape[2] / count)
        default:
            throw EngineError(
                .shape,
                "input has shape \(shape), expected 4 axes, or 3 of which `num_heads` divides the last"
            )
        }
        let turned = turnedCount == 0 ? size : turnedCount
        guard turned >= 0, turned <= size, turned % 2 == 0 else {
            throw EngineError(.shape, "\(turned) elements of \(size) are to be turned, expected an even number of them")
        }
        return Layout(
            batch: shape[0],
            length: length,
            headCount: heads,
            headSize: size,
            turnedCount: turned,
            isHeadFirst: shape.rank == 4
        )
    }

    /// For each position of the batch its row in the caches.
    private func rows(_ cache: Shape, _ layout: Layout, _ call: OperatorCall) throws(EngineError) -> [Int] {
        let positions = [layout.batch, layout.length]
        guard let given = try call.optionalTensor(3) else {
            guard cache.rank == 3, Array(cache.dimensions[..<2]) == positions else {
                throw EngineError(.shape, "the caches have shape \(cache), expected a row for each of \(positions)")
            }
            return Array(0..<(layout.batch * layout.length))
        }
        guard cache.rank == 2, given.shape.dimensions == positions else {
            throw EngineError(
                .shape,
                "the caches have shape \(cache) and `position_ids` \(given.shape), expected 2 axes and \(positions)"
            )
        }
        let rows = try given.integers("`position_ids`")
        if let wrong = rows.first(where: { $0 < 0 || $0 >= cache[0] }) {
            throw EngineError(.index, "position \(wrong) is out of range, expected 0 to \(cache[0] - 1)")
        }
        return rows
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// The places of a grid, evenly spread from -1 to 1 along each axis, moved by affine maps.
///
/// *Shapes*: `[n, rank, rank + 1]`, and the sizes of `[n, c, …]`, to `[n, …, rank]`.
struct AffineGrid: Operator {
    private let alignsCorners: Bool

    static let definition = OperatorDefinition("AffineGrid", since: 20, halves: .widened) { node throws(EngineError) in
        AffineGrid(alignsCorners: try node.bool("align_corners", default: false))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let rank = inputs.shape().flatMap { $0.count == 3 ? $0[1].extent : nil }
        let unknown = rank.flatMap { 2...3 ~= $0 ? [Dimension](repeating: .unknown, count: $0 + 2) : nil }
        guard let size = inputs[1].partialExtents ?? unknown, size.count == 4 || size.count == 5,
            size.allSatisfy({ $0.extent ?? 0 >= 0 })
        else { return [.tensor(inputs.elementType())] }
        let batch = [size[0]].merged(with: [inputs.shape()?.first ?? .unknown])
        return [.tensor(inputs.elementType(), batch + size[2...] + [.fixed(size.count - 2)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let maps = try call.tensor(0)
        switch maps.elementType {
        case .float: return [.tensor(try grid(Float.self, maps, call))]
        case .double: return [.tensor(try grid(Double.self, maps, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func grid<Element: RealElement>(
        _ type: Element.Type,
        _ maps: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let size = try call.tensor(1).integers("the size")
        let rank = size.count - 2
        guard rank == 2 || rank == 3, maps.shape.dimensions == [size[0], rank, rank + 1] else {
            throw EngineError(.shape, "the maps have shape \(maps.shape), which does not fit a size of \(size)")
        }
        let shape = try call.shape([size[0]] + size[2...] + [rank])
        try call.checkTables(.double, shape)
        let axes = size[2...].map { extent in (0..<extent).map { coordinate($0, extent) } }
        let source = try maps.pointer(type)
        return try call.tensor(of: type, shape) { target in
            let placeCount = axes.reduce(1) { $0 * $1.count }
            var place = [Double](repeating: 1, count: rank + 1)
            for index in 0..<(size[0] * placeCount) {
                var rest = index % placeCount
                for axis in axes.indices.reversed() {
                    // SPEC: the coordinate along the innermost axis comes first.
                    place[rank - 1 - axis] = axes[axis][rest % axes[axis].count]
                    rest /= axes[axis].count
                }
                let map = source + index / placeCount * rank * (rank + 1)
                for row in 0..<rank {
                    var sum = 0.0
                    for column in 0...rank { sum += Double(map[row * (rank + 1) + column]) * place[column] }
                    target[index * rank + row] = Element(sum)
                }
            }
        }
    }

    private func coordinate(_ index: Int, _ extent: Int) -> Double {
        guard alignsCorners else { return (2 * Double(index) + 1) / Double(extent) - 1 }
        return extent == 1 ? -1 : 2 * Double(index) / Double(extent - 1) - 1
    }
}

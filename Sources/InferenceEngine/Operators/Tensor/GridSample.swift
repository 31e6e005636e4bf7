import Diagnostics
import OnnxIR
import Tensors

/// The input at the places that a grid names, between its elements too.
///
/// *Shapes*: `[n, c, …], [n, …, rank] → [n, c, …]`.
struct GridSample: Operator {
    private let sampling: GridSampling

    static let definition = OperatorDefinition("GridSample", since: 16, 20, 22, halves: .widened) {
        node throws(EngineError) in
        GridSample(sampling: try GridSampling(node))
    }
    /// ONNX Runtime's operator, which came before the standard's.
    static let microsoft = OperatorDefinition("GridSample", domain: .microsoft, since: 1, halves: .widened) {
        node throws(EngineError) in
        GridSample(sampling: try GridSampling(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let (shape, grid) = (inputs.shape(), inputs.shape(1))
        guard let rank = shape?.count ?? grid?.count, rank >= 3 else { return [.tensor(inputs.elementType())] }
        var result = [Dimension](repeating: .unknown, count: rank)
        if let shape { result[0..<2] = shape[0..<2] }
        if let grid, grid.count == rank { result[2...] = grid[1..<(rank - 1)] }
        return [.tensor(inputs.elementType(), result)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, grid) = (try call.tensor(0), try call.tensor(1))
        let (extents, places) = (input.shape.dimensions, grid.shape.dimensions)
        guard extents.count >= 3, places.count == extents.count, places.last == extents.count - 2,
            places.first == extents.first
        else {
            throw EngineError(.shape, "grid has shape \(grid.shape), which does not fit \(input.shape)")
        }
        let shape = try call.shape(Array(extents[..<2] + places[1..<(places.count - 1)]))
        guard input.shape.elementCount > 0 || shape.elementCount == 0 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected elements to sample")
        }
        switch grid.elementType {
        case .float: return [.tensor(try sample(Float.self, input, grid, shape, call))]
        case .double: return [.tensor(try sample(Double.self, input, grid, shape, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func sample<Coordinate: RealElement>(
        _ type: Coordinate.Type,
        _ input: Tensor,
        _ grid: Tensor,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        if sampling.isNearest {
            let walk = try PlaneWalk(input.shape, shape, grid.pointer(type), sampling)
            return try call.moved(input, to: shape, zeroed: true, walk)
        }
        if let parts = try input.complexParts() {
            return try .joined(
                call.separately(parts) { part throws(EngineError) in
                    try sample(type, part, grid, shape, call)
                }
            )
        }
        switch input.elementType {
        case .float: return try interpolate(Float.self, input, grid.pointer(type), shape, call)
        case .double: return try interpolate(Double.self, input, grid.pointer(type), shape, call)
        case .string: throw EngineError(.attribute, "attribute `mode` interpolates, expected `nearest` for text")
        default:
            let real = try interpolate(Double.self, call.cast(input, to: .double), grid.pointer(type), shape, call)
            return try call.cast(real, to: input.elementType)
        }
    }

    private func interpolate<Element: RealElement, Coordinate: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ grid: UnsafePointer<Coordinate>,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        let walk = PlaneWalk(input.shape, shape, grid, sampling)
        return try call.tensor(of: type, shape) { target in
            walk.forEach { plane, place, taps in
                target[place] = Element(taps.sum(source + plane))
            }
        }
    }
}

/// The walk of a grid over the planes of an input.
private struct PlaneWalk<Coordinate: RealElement>: ElementMovement {
    private let extents: [Int]
    private let planeSize: Int
    private let placeCount: Int
    private let batch: Int
    private let channels: Int
    private let grid: UnsafePointer<Coordinate>
    private let sampling: GridSampling

    init(_ input: Shape, _ output: Shape, _ grid: UnsafePointer<Coordinate>, _ sampling: GridSampling) {
        extents = Array(input.dimensions[2...])
        planeSize = extents.reduce(1, *)
        placeCount = output.dimensions[2...].reduce(1, *)
        (batch, channels) = (input[0], input[1])
        self.grid = grid
        self.sampling = sampling
    }

    /// Calls `body` with where the plane starts, where the result goes, and what it is made of.
    @inline(__always)
    func forEach(_ body: (_ plane: Int, _ place: Int, _ taps: SamplingTaps) -> Void) {
        var taps = SamplingTaps()
        for image in 0..<batch {
            for place in 0..<placeCount {
                let coordinates = grid + (image &* placeCount &+ place) &* extents.count
                sampling.collect(&taps, coordinates, extents)
                for channel in 0..<channels {
                    let plane = image &* channels &+ channel
                    body(plane &* planeSize, plane &* placeCount &+ place, taps)
                }
            }
        }
    }

    func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
        forEach { plane, place, taps in
            guard let offset = taps.offsets.first else { return }
            target[place] = source[plane + offset]
        }
    }
}

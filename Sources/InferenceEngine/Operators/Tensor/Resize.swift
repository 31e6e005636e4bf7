import Diagnostics
import OnnxIR
import Tensors

/// Images, or any tensor, at another resolution; axes are resized one after the other.
struct Resize: Operator {
    /// What sizes say of an output that keeps the proportions of the input.
    private enum AspectPolicy: String, CaseIterable, Sendable {
        case stretch
        case notLarger = "not_larger"
        case notSmaller = "not_smaller"
    }

    let sampling: ResizeSampling
    let axes: [Int]?
    private let policy: AspectPolicy
    private let extrapolation: Float
    let scalesInput: Int
    let sizesInput: Int?
    let fixedScales: [Float]?

    static let definition = OperatorDefinition("Resize", since: 10, 11, 13, 18, 19) { node throws(EngineError) in
        Resize(
            sampling: try ResizeSampling(node, isOld: node.version < 11),
            axes: try node.ints("axes"),
            policy: try node.choice("keep_aspect_ratio_policy", default: .stretch),
            extrapolation: try node.float("extrapolation_value", default: 0),
            scalesInput: node.version < 11 ? 1 : 2,
            sizesInput: node.version < 11 ? nil : 3,
            fixedScales: nil
        )
    }

    /// The operator's first name, always by scales.
    static let upsample = OperatorDefinition("Upsample", since: 1, 7, 9, 10) { node throws(EngineError) in
        Resize(
            sampling: try ResizeSampling(node, isOld: true),
            axes: nil,
            policy: .stretch,
            extrapolation: 0,
            scalesInput: 1,
            sizesInput: nil,
            fixedScales: try fixedScales(node)
        )
    }

    /// The scales among the attributes: before opset 7 only those of images.
    private static func fixedScales(_ node: NodeContext) throws(EngineError) -> [Float]? {
        guard node.version < 9 else { return nil }
        guard node.version < 7 else {
            let scales = try node.floats("scales")
            return try node.required("scales", scales)
        }
        let (height, width) = (try node.float("height_scale"), try node.float("width_scale"))
        return [1, 1, try node.required("height_scale", height), try node.required("width_scale", width)]
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape() else { return [.tensor(inputs.elementType())] }
        let order = (axes ?? Array(shape.indices)).compactMap { normalizedAxis($0, rank: shape.count) }
        let known = order.map { shape[$0] }
        var extents: [Dimension]?
        if let sizesInput, inputs.has(sizesInput), inputs[sizesInput].fixedShape?.elementCount != 0 {
            if let sizes = inputs[sizesInput].integers, let fixed = known.fixed, sizes.count == fixed.count,
                sizes.allSatisfy({ $0 >= 0 })
            {
                extents = resized(fixed, to: sizes).extents.map { .fixed($0) }
            } else if policy == .stretch {
                extents = inputs[sizesInput].extents?.map { $0.extent ?? 0 < 0 ? .unknown : $0 }
            }
        } else if let scales = fixedScales ?? (try? inputs[scalesInput].constant?.tensor?.array(of: Float.self)) {
            extents = zip(known, scales).map { extent, scale in
                scale == 1 ? extent : extent.map { Self.scaled($0, by: scale) }
            }
        }
        for (index, axis) in order.enumerated() {
            shape[axis] = extents.flatMap { $0.count == order.count ? $0[index] : nil } ?? .unknown
        }
        return [.tensor(inputs.elementType(), shape)]
    }

    private static func scaled(_ extent: Int, by scale: Float) -> Int {
        Int(saturating: (Double(extent) * Double(scale)).rounded(.down))
    }

    /// The extents and scales that sizes lead to.
    func resized(_ extents: [Int], to sizes: [Int]) -> (extents: [Int], scales: [Double]) {
        let scales = zip(sizes, extents).map { Double($0) / Double(max(1, $1)) }
        guard policy != .stretch, let least = scales.min(), let greatest = scales.max() else { return (sizes, scales) }
        let scale = policy == .notLarger ? least : greatest
        let rounded = extents.map { Int(saturating: (scale * Double($0) + 0.5).rounded(.down)) }
        return (rounded, scales.map { _ in scale })
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let rank = input.shape.rank
        var order: [Int] = []
        for axis in axes ?? Array(0..<rank) { order.append(try checkedAxis(axis, rank: rank)) }
        var scales = [Double](repeating: 1, count: rank)
        var dimensions = input.shape.dimensions
        if let sizesInput, let sizes = try call.integers(sizesInput), !sizes.isEmpty {
            guard sizes.count == order.count, sizes.allSatisfy({ $0 >= 0 }) else {
                throw EngineError(.shape, "sizes are \(sizes), expected \(order.count) from 0")
            }
            let target = resized(order.map { input.shape[$0] }, to: sizes)
            for (index, axis) in order.enumerated() {
                dimensions[axis] = target.extents[index]
                scales[axis] = target.scales[index]
            }
        } else {
            let given = try factors(call)
            guard given.count == order.count, given.allSatisfy({ $0 > 0 && $0 <= 1e9 }) else {
                throw EngineError(.shape, "scales are \(given), expected \(order.count) above 0")
            }
            for (axis, scale) in zip(order, given) {
                scales[axis] = Double(scale)
                dimensions[axis] = Self.scaled(input.shape[axis], by: scale)
            }
        }
        let region = sampling.usesRegion ? try regionOfInterest(order, rank, call) : []
        let shape = try call.shape(dimensions)
        try call.state.check(.double, shape)
        guard input.shape.elementCount > 0 || shape.elementCount == 0 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected elements to resize")
        }
        guard shape.elementCount > 0 else {
            return [.tensor(try call.moved(input, to: shape, BlockGather(offsets: [], length: 0)))]
        }
        return [.tensor(try resize(input, shape, scales, region, call))]
    }

    private func factors(_ call: OperatorCall) throws(EngineError) -> [Float] {
        if let fixedScales { return fixedScales }
        guard let scales = try call.optionalTensor(scalesInput) else {
            throw EngineError(.input, "neither scales nor sizes are given, expected one of them")
        }
        return try call.cast(scales, to: .float).array(of: Float.self)
    }

    /// Starts and ends for each axis, the whole where nothing is said.
    private func regionOfInterest(_ order: [Int], _ rank: Int, _ call: OperatorCall) throws(EngineError) -> [(
        Double, Double
    )] {
        guard let tensor = try call.optionalTensor(1) else { throw EngineError(.input, "`roi` is missing") }
        let values = try call.cast(tensor, to: .double).array(of: Double.self)
        guard values.count == 2 * order.count else {
            throw EngineError(.shape, "`roi` has \(values.count) elements, expected \(2 * order.count)")
        }
        var region = [(Double, Double)](repeating: (0, 1), count: rank)
        for (index, axis) in order.enumerated() { region[axis] = (values[index], values[index + order.count]) }
        return region
    }

    private func resize(
        _ input: Tensor,
        _ shape: Shape,
        _ scales: [Double],
        _ region: [(Double, Double)],
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        guard sampling.isNearest || input.elementType != .string else {
            throw EngineError(.attribute, "attribute `mode` interpolates, expected `nearest` for text")
        }
        if !sampling.isNearest, let parts = try input.complexParts() {
            return try .joined(
                call.separately(parts) { part throws(EngineError) in try resize(part, shape, scales, region, call) }
            )
        }
        var isOutside = [[Bool]](repeating: [], count: shape.rank)
        var result = sampling.isNearest ? input : try call.cast(input, to: .double)
        for axis in 0..<shape.rank {
            let identical = shape[axis] == input.shape[axis] && scales[axis] == 1 && !sampling.usesRegion
            isOutside[axis] = [Bool](repeating: false, count: shape[axis])
            guard !identical else { continue }
            let places = (0..<shape[axis]).map { index in
                sampling.place(
                    index,
                    length: input.shape[axis],
                    resized: shape[axis],
                    scale: scales[axis],
                    region: region.isEmpty ? (0, 1) : region[axis]
                )
            }
            if sampling.usesRegion {
                isOutside[axis] = places.map { $0 < 0 || $0 > Double(input.shape[axis] - 1) }
            }
            result = try along(axis, of: result, places, scales[axis], call)
        }
        if sampling.usesRegion, isOutside.contains(where: { $0.contains(true) }) {
            let offsets = isOutside.map { AxisOffsets.listed($0.map { $0 ? AxisMap.nowhere : 0 }) }
            let inside = try call.moved(Tensor.of([true], .scalar), to: shape, zeroed: true, AxisMap(offsets: offsets))
            let filler = try call.cast(.of([extrapolation], .scalar), to: result.elementType)
            result = try call.selected(inside, result, filler)
        }
        return try call.cast(result, to: input.elementType)
    }

    private func along(
        _ axis: Int,
        of input: Tensor,
        _ places: [Double],
        _ scale: Double,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        var dimensions = input.shape.dimensions
        let length = dimensions[axis]
        dimensions[axis] = places.count
        let shape = try call.shape(dimensions)
        try call.state.check(.double, shape)
        guard !sampling.isNearest else {
            let indices = places.map { min(max(sampling.nearest($0), 0), length - 1) }
            let map = AxisMap.identity(input.shape).selecting(indices, axis: axis, stride: input.shape.strides[axis])
            return try call.moved(input, to: shape, map)
        }
        // An array of taps has a head of four words, and two words for each tap.
        try call.state.check(.int64, call.shape([places.count, 4 &+ 2 &* sampling.tapCount(scale)]))
        let weights = places.map { sampling.weights(at: $0, length: length, scale: scale) }
        let source = try input.pointer(Double.self)
        let outer = dimensions[..<axis].reduce(1, *)
        let inner = dimensions[(axis + 1)...].reduce(1, *)
        return try call.tensor(of: Double.self, shape) { target in
            for row in 0..<outer {
                for (place, taps) in weights.enumerated() {
                    for column in 0..<inner {
                        var sum = 0.0
                        for tap in taps { sum += tap.weight * source[(row * length + tap.index) * inner + column] }
                        target[(row * places.count + place) * inner + column] = sum
                    }
                }
            }
        }
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// Images, or any tensor, at another resolution; axes are resized one after the other.
struct Resize: Operator {
    private let sampling: ResizeSampling
    private let axes: [Int]?
    private let extrapolation: Float
    private let scalesInput: Int
    private let sizesInput: Int?
    private let fixedScales: [Float]?

    static let definition = OperatorDefinition("Resize", since: 10, 11, 13, 18, 19) { node throws(EngineError) in
        if try node.bool("antialias", default: false) {
            throw EngineError(.unsupportedAttribute, "attribute `antialias` is 1, which is not supported")
        }
        if let policy = try node.string("keep_aspect_ratio_policy"), policy != "stretch" {
            throw EngineError(
                .unsupportedAttribute,
                "attribute `keep_aspect_ratio_policy` is `\(policy)`, which is not supported"
            )
        }
        return Resize(
            sampling: try ResizeSampling(node, isOld: node.version < 11),
            axes: try node.ints("axes"),
            extrapolation: try node.float("extrapolation_value", default: 0),
            scalesInput: node.version < 11 ? 1 : 2,
            sizesInput: node.version < 11 ? nil : 3,
            fixedScales: nil
        )
    }

    /// The operator's first name, always by scales.
    static let upsample = OperatorDefinition("Upsample", since: 7, 9) { node throws(EngineError) in
        let scales = try node.floats("scales")
        return Resize(
            sampling: try ResizeSampling(node, isOld: true),
            axes: nil,
            extrapolation: 0,
            scalesInput: 1,
            sizesInput: nil,
            fixedScales: node.version < 9 ? try node.required("scales", scales) : nil
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape() else { return [.tensor(inputs.elementType())] }
        if axes == nil, let index = sizesInput, let sizes = inputs[index].integers, sizes.count == shape.count {
            return [.tensor(inputs.elementType(), sizes.map { .fixed(max(0, $0)) })]
        }
        return [.tensor(inputs.elementType(), shape.map { _ in .unknown })]
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
            for (axis, size) in zip(order, sizes) {
                dimensions[axis] = size
                scales[axis] = Double(size) / Double(max(1, input.shape[axis]))
            }
        } else {
            let given = try factors(call)
            guard given.count == order.count, given.allSatisfy({ $0 > 0 && $0 <= 1e9 }) else {
                throw EngineError(.shape, "scales are \(given), expected \(order.count) above 0")
            }
            for (axis, scale) in zip(order, given) {
                scales[axis] = Double(scale)
                dimensions[axis] = Int(saturating: (Double(input.shape[axis]) * Double(scale)).rounded(.down))
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
            result = try along(axis, of: result, places, call)
        }
        if sampling.usesRegion, isOutside.contains(where: { $0.contains(true) }) {
            let offsets = isOutside.map { $0.map { $0 ? -1 : 0 } }
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
        // PERF: the taps of a place take up to 16 words.
        try call.state.check(.int64, call.shape([places.count, 16]))
        let weights = places.map { sampling.weights(at: $0, length: length) }
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

import Diagnostics
import OnnxIR
import Tensors

/// A convolution whose kernel takes each of its elements from a place that an input moves, and weighs it by another.
///
/// *Shapes*: of input, filters and bias as `Conv` has them; offsets are `[n, groups · kernel · rank, …]` and weights
/// `[n, groups · kernel, …]` over the places of the output.
struct DeformConv: Operator {
    private let attributes: SpatialAttributes
    private let groupCount: Int
    private let offsetGroupCount: Int

    static let definition = OperatorDefinition("DeformConv", since: 19, 22, halves: .widened) {
        node throws(EngineError) in
        DeformConv(
            attributes: try SpatialAttributes(node),
            groupCount: try node.groupCount("group"),
            offsetGroupCount: try node.groupCount("offset_group")
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), attributes.inferred(inputs.shape(), weights: inputs.shape(1)))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [.tensor(try convolve(Float.self, input, call))]
        case .double: return [.tensor(try convolve(Double.self, input, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func convolve<Element: RealElement & ProductElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let weights = try call.tensor(1)
        let convolution = try Convolution(input.shape, weights.shape, attributes, groupCount: groupCount, call)
        let window = convolution.window
        let channels = convolution.channels * groupCount
        guard channels % offsetGroupCount == 0 else {
            throw EngineError(.shape, "\(channels) channels do not fit \(offsetGroupCount) groups of offsets")
        }
        let deformation = Deformation(
            window: window,
            groupCount: offsetGroupCount,
            offsets: try operand(2, type, count: window.extents.count, convolution, call),
            weights: try call.hasInput(4) ? operand(4, type, count: 1, convolution, call) : nil
        )
        let bias = try call.optionalTensor(3)
        guard bias == nil || bias?.shape.elementCount == convolution.shape[1] else {
            throw EngineError(
                .shape,
                "the bias has shape \(bias?.shape ?? .scalar), expected [\(convolution.shape[1])]"
            )
        }
        let (depth, places) = (convolution.channels * window.kernelSize, window.outputSize)
        try call.state.check(.int64, call.shape([channels, window.kernelSize, places]))
        let (source, factors, shift) = (try input.pointer(type), try weights.pointer(type), try bias?.pointer(type))
        var columns = [Element](repeating: 0, count: channels * window.kernelSize * places)
        return try call.tensor(of: type, convolution.shape, zeroed: true) { target in
            for image in 0..<convolution.batch {
                deformation.unroll(image, source + image * channels * window.inputSize, channels, &columns)
                let result = target + image * convolution.shape[1] * places
                for filter in 0..<convolution.shape[1] {
                    if let shift { (result + filter * places).update(repeating: shift[filter], count: places) }
                }
                columns.withUnsafeBufferPointer { columns in
                    guard let base = columns.baseAddress else { return }
                    for group in 0..<groupCount {
                        let filters = factors + group * convolution.filters * depth
                        addProduct(
                            MatrixView(base: filters, rowStride: depth, columnStride: 1),
                            base + group * depth * places,
                            result + group * convolution.filters * places,
                            rows: convolution.filters,
                            inner: depth,
                            columns: places
                        )
                    }
                }
            }
        }
    }

    /// The offsets or weights, so many for each element of the kernel.
    private func operand<Element: RealElement>(
        _ index: Int,
        _ type: Element.Type,
        count: Int,
        _ convolution: Convolution,
        _ call: OperatorCall
    ) throws(EngineError) -> UnsafePointer<Element> {
        let tensor = try call.tensor(index)
        let window = convolution.window
        let (rows, overflow) = (window.kernelSize * count).multipliedReportingOverflow(by: offsetGroupCount)
        guard !overflow, tensor.shape.dimensions == [convolution.batch, rows] + window.outputs else {
            throw EngineError(
                .shape,
                "input \(index) has shape \(tensor.shape), expected \([convolution.batch, rows] + window.outputs)"
            )
        }
        return try tensor.pointer(type)
    }
}

/// Where the elements of a kernel lie that offsets move, and how they are weighed.
private struct Deformation<Element: RealElement> {
    let window: SpatialWindow
    let groupCount: Int
    let offsets: UnsafePointer<Element>
    let weights: UnsafePointer<Element>?

    /// Writes what the kernel takes from an image: a row for each channel and element of the kernel, a column for each
    /// place.
    func unroll(_ image: Int, _ source: UnsafePointer<Element>, _ channels: Int, _ columns: inout [Element]) {
        let (rank, kernelSize, placeCount) = (window.extents.count, window.kernelSize, window.outputSize)
        let groupSize = channels / groupCount
        var taps = SamplingTaps()
        for group in 0..<groupCount {
            for element in 0..<kernelSize {
                let row = (image &* groupCount &+ group) &* kernelSize &+ element
                for place in 0..<placeCount {
                    collect(&taps, element, place, offsets + (row &* rank &* placeCount &+ place))
                    let weight = weights.map { Double($0[row &* placeCount &+ place]) } ?? 1
                    for channel in (group &* groupSize)..<((group &+ 1) &* groupSize) {
                        let index = (channel &* kernelSize &+ element) &* placeCount &+ place
                        columns[index] = Element(weight * taps.sum(source + channel &* window.inputSize))
                    }
                }
            }
        }
    }

    /// Collects what an element of the kernel is made of at a place; offsets for the axes lie a row of places apart.
    private func collect(
        _ taps: inout SamplingTaps,
        _ element: Int,
        _ place: Int,
        _ offsets: UnsafePointer<Element>
    ) {
        let axes = window.extents.indices
        var steps = [Int](repeating: 0, count: axes.count)
        var (element, rest) = (element, place)
        for axis in axes.reversed() {
            steps[axis] =
                rest % window.outputs[axis] &* window.strides[axis] &- window.padsBefore[axis]
                &+ element % window.kernel[axis] &* window.dilations[axis]
            rest /= window.outputs[axis]
            element /= window.kernel[axis]
        }
        taps.start()
        for axis in axes {
            let position = Double(steps[axis]) + Double(offsets[axis &* window.outputSize])
            let floor = position.rounded(.down)
            let extent = window.extents[axis]
            taps.cross(extent: extent, first: Int(saturating: floor), [1 - (position - floor), position - floor]) {
                $0 >= 0 && $0 < extent ? $0 : nil
            }
        }
    }
}

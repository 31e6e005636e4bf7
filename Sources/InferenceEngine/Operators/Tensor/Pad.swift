import Diagnostics
import OnnxIR
import Tensors

/// The input with elements put before and behind each axis; negative counts take elements away.
struct Pad: Operator {
    enum Mode: String, CaseIterable, Sendable {
        case constant
        case reflect
        case edge
        case wrap
    }

    let mode: Mode
    let fixedPads: [Int]?
    let fixedValue: Float

    static let definition = OperatorDefinition("Pad", since: 1, 2, 11, 13, 18, 19, 21, 23, 24, 25) {
        node throws(EngineError) in
        let pads = try node.ints(node.version < 2 ? "paddings" : "pads")
        return Pad(
            mode: try node.choice("mode", default: .constant),
            fixedPads: node.version < 11 ? try node.required("pads", pads) : nil,
            fixedValue: try node.float("value", default: 0)
        )
    }

    /// ONNX Runtime's operator, which came before pads were an input in the standard.
    static let microsoft = OperatorDefinition("Pad", domain: .microsoft, since: 1) { node throws(EngineError) in
        Pad(mode: try node.choice("mode", default: .constant), fixedPads: nil, fixedValue: 0)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape() else { return [.tensor(inputs.elementType())] }
        let given = inputs.has(3) ? inputs[3].integers : Array(shape.indices)
        guard let given, let axes = try? checkedOrder(given, rank: shape.count) else {
            return [.tensor(inputs.elementType(), shape.map { _ in .unknown })]
        }
        var result = shape
        let pads = fixedPads ?? inputs[1].integers
        for (index, axis) in axes.enumerated() {
            guard let pads, pads.count == 2 * axes.count else {
                result[axis] = .unknown
                continue
            }
            let (sum, overflow) = pads[index].addingReportingOverflow(pads[index + axes.count])
            result[axis] = sum == 0 && !overflow ? shape[axis] : shape[axis].map { overflow ? nil : $0 &+ sum }
        }
        return [.tensor(inputs.elementType(), result)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let shape = input.shape
        let pads: [Int]
        if let fixedPads { pads = fixedPads } else { pads = try call.tensor(1).integers("the pads") }
        let axes = try checkedOrder(call.integers(3) ?? Array(0..<shape.rank), rank: shape.rank)
        guard pads.count == 2 * axes.count else {
            throw EngineError(.shape, "there are \(pads.count) pads, expected \(2 * axes.count)")
        }
        var before = [Int](repeating: 0, count: shape.rank)
        var dimensions = shape.dimensions
        for (index, axis) in axes.enumerated() {
            before[axis] = pads[index]
            let (sum, overflow) = pads[index].addingReportingOverflow(pads[index + axes.count])
            let (extent, tooLong) = shape[axis].addingReportingOverflow(sum)
            guard !overflow, !tooLong, pads[index].magnitude <= 1 << 40 else {
                throw EngineError(.limit, "the pads \(pads) are too large")
            }
            dimensions[axis] = extent
        }
        let target = try call.shape(dimensions)
        try call.checkTables(input.elementType, target)
        guard target.elementCount > 0 else {
            return [.tensor(try call.moved(input, to: target, BlockGather(offsets: [], length: 0)))]
        }
        var offsets: [[Int]] = []
        for axis in 0..<shape.rank {
            let stride = shape.strides[axis]
            offsets.append(
                (0..<dimensions[axis]).map { source($0 - before[axis], shape[axis]).map { $0 * stride } ?? -1 }
            )
        }
        let padded = try call.moved(input, to: target, zeroed: true, AxisMap(offsets: offsets.map { .listed($0) }))
        return [.tensor(try filled(padded, offsets, call))]
    }

    private func checkedOrder(_ axes: [Int], rank: Int) throws(EngineError) -> [Int] {
        var checked: [Int] = []
        for axis in axes { checked.append(try checkedAxis(axis, rank: rank)) }
        return checked
    }

    /// Where an element of the output comes from along an axis; `nil` for the constant.
    private func source(_ index: Int, _ extent: Int) -> Int? {
        if index >= 0, index < extent { return index }
        guard extent > 0 else { return nil }
        switch mode {
        case .constant: return nil
        case .edge: return index < 0 ? 0 : extent - 1
        case .wrap: return ((index % extent) + extent) % extent
        case .reflect:
            guard extent > 1 else { return 0 }
            let period = 2 * (extent - 1)
            let place = ((index % period) + period) % period
            return place < extent ? place : period - place
        }
    }

    private func filled(_ padded: Tensor, _ offsets: [[Int]], _ call: OperatorCall) throws(EngineError) -> Tensor {
        var value = try call.optionalTensor(2)
        if let given = value, given.shape.elementCount != 1 {
            throw EngineError(.shape, "the constant has shape \(given.shape), expected a scalar")
        }
        if value == nil, fixedValue != 0 {
            value = try call.cast(.of([fixedValue], .scalar), to: padded.elementType)
        }
        guard mode == .constant || padded.shape.elementCount > 0, let value, value.elementType == padded.elementType
        else { return padded }
        let mask = AxisMap(offsets: offsets.map { .listed($0.map { $0 < 0 ? -1 : 0 }) })
        let inside = try call.moved(
            try Tensor.of([true], .scalar),
            to: padded.shape,
            zeroed: true,
            mask
        )
        return try call.selected(inside, padded, value.with(shape: .scalar))
    }
}

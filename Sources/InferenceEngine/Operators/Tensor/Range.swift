import Diagnostics
import OnnxIR
import Tensors

/// Numbers from a start up to, and without, a limit, a step apart.
struct RangeOf: Operator {
    /// The type in which numbers of 16 bits are computed.
    private let stashType: ElementType
    private let hasOptionalStep: Bool

    static let definition = OperatorDefinition("Range", since: 11, 27) { node throws(EngineError) in
        let type = try node.elementType("stash_type") ?? .float
        guard type == .float || type == .double else {
            throw .attribute("stash_type", "`\(type.name)`", expected: "float or double")
        }
        return RangeOf(stashType: type, hasOptionalStep: false)
    }
    /// ONNX Runtime's operator, which came before the standard's; its step is 1 unless it is given.
    static let microsoft = OperatorDefinition("Range", domain: .microsoft, since: 1) { _ throws(EngineError) in
        RangeOf(stashType: .float, hasOptionalStep: true)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        var facts = Facts.tensor(inputs.elementType(), [.unknown])
        if let start = inputs[0].integers?.first, let limit = inputs[1].integers?.first,
            let step = hasOptionalStep && !inputs.has(2) ? 1 : inputs[2].integers?.first
        {
            guard let count = try? Self.count(start, limit, step) else { return [facts] }
            facts = .tensor(inputs.elementType(), [.fixed(count)])
            let isShape = inputs.elementType() == .int64 || inputs.elementType() == .int32
            if isShape, count <= Facts.largestExtentCount {
                facts.extents = (0..<count).map { .fixed(start &+ $0 &* step) }
            }
        } else if inputs[0].integers?.first == 0, inputs[2].integers?.first == 1,
            case .symbol(let name)? = inputs[1].extents?.first
        {
            facts = .tensor(inputs.elementType(), [.symbol(name)])
        } else if let numbers = Self.numbers(inputs), let count = try? Self.count(numbers[0], numbers[1], numbers[2]) {
            facts = .tensor(inputs.elementType(), [.fixed(count)])
        }
        return [facts]
    }

    /// Start, limit and step, when they are known and real.
    private static func numbers(_ inputs: InputFacts) -> [Double]? {
        let numbers = (0..<3).compactMap { index -> Double? in
            guard let tensor = inputs[index].constant?.tensor, tensor.shape.elementCount == 1 else { return nil }
            let single = try? tensor.array(of: Float.self).first
            return try? single.map { Double($0) } ?? tensor.array(of: Double.self).first
        }
        return numbers.count == 3 ? numbers : nil
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var operands: [Tensor] = []
        for index in 0..<2 { operands.append(try call.tensor(index)) }
        if let step = try call.optionalTensor(2) {
            operands.append(step)
        } else if hasOptionalStep {
            operands.append(try call.cast(.of([Float(1)], .scalar), to: operands[0].elementType))
        }
        guard operands.count == 3 else { throw EngineError(.input, "there are \(operands.count) inputs, expected 3") }
        let type = operands[0].elementType
        if type == .float16 || type == .bfloat16 {
            operands = try operands.map { operand throws(EngineError) in try call.cast(operand, to: stashType) }
        }
        switch operands[0].elementType {
        case .float: return [.tensor(try call.cast(real(Float.self, operands, call), to: type))]
        case .double: return [.tensor(try call.cast(real(Double.self, operands, call), to: type))]
        case .int16: return [.tensor(try integer(Int16.self, operands, call))]
        case .int32: return [.tensor(try integer(Int32.self, operands, call))]
        case .int64: return [.tensor(try integer(Int64.self, operands, call))]
        case let type: throw .elementType(type, expected: "a floating-point type, int16, int32 or int64")
        }
    }

    private static func count(_ start: Int, _ limit: Int, _ step: Int) throws(EngineError) -> Int {
        guard step != 0 else { throw EngineError(.value, "the step is 0, expected another") }
        let (distance, overflow) = limit.subtractingReportingOverflow(start)
        guard !overflow else { throw EngineError(.limit, "the range from \(start) to \(limit) is too long") }
        let (quotient, tooLong) = distance.dividedReportingOverflow(by: step)
        guard !tooLong else { throw EngineError(.limit, "the range from \(start) to \(limit) is too long") }
        return max(0, (distance < 0) != (step < 0) || quotient &* step == distance ? quotient : quotient &+ 1)
    }

    private static func count(_ start: Double, _ limit: Double, _ step: Double) throws(EngineError) -> Int {
        let exact = ((limit - start) / step).rounded(.up)
        guard step != 0, exact.isFinite else {
            throw EngineError(.value, "the range from \(start) to \(limit) by \(step) has no end")
        }
        return max(0, Int(saturating: exact))
    }

    private func scalars<Element: TensorElement>(
        _ type: Element.Type,
        _ operands: [Tensor]
    ) throws(EngineError) -> [Element] {
        var values: [Element] = []
        for (name, tensor) in zip(["start", "limit", "delta"], operands) {
            guard tensor.shape.elementCount == 1 else {
                throw EngineError(.shape, "`\(name)` has shape \(tensor.shape), expected a scalar")
            }
            values.append(try tensor.pointer(type)[0])
        }
        return values
    }

    private func integer<Element: TensorElement & FixedWidthInteger>(
        _ type: Element.Type,
        _ operands: [Tensor],
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let values = try scalars(type, operands)
        let count = try Self.count(Int(values[0]), Int(values[1]), Int(values[2]))
        return try call.tensor(of: type, call.shape([count])) { target in
            for index in 0..<count { target[index] = values[0] &+ Element(truncatingIfNeeded: index) &* values[2] }
        }
    }

    private func real<Element: RealElement>(
        _ type: Element.Type,
        _ operands: [Tensor],
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let values = try scalars(type, operands)
        let count = try Self.count(Double(values[0]), Double(values[1]), Double(values[2]))
        return try call.tensor(of: type, call.shape([count])) { target in
            for index in 0..<count { target[index] = values[0] + Element(index) * values[2] }
        }
    }
}

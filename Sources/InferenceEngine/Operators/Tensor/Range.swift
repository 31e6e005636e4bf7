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
        guard let start = inputs[0].integers?.first, let limit = inputs[1].integers?.first,
            let step = hasOptionalStep && !inputs.has(2) ? 1 : inputs[2].integers?.first,
            let count = try? Self.count(start, limit, step)
        else { return [.tensor(inputs.elementType(), [.unknown])] }
        return [.tensor(inputs.elementType(), [.fixed(count)])]
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

    private func scalars<Element: TensorElement & Numeric>(
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
        let exact = ((Double(values[1]) - Double(values[0])) / Double(values[2])).rounded(.up)
        guard values[2] != 0, exact.isFinite else {
            throw EngineError(.value, "the range from \(values[0]) to \(values[1]) by \(values[2]) has no end")
        }
        let count = max(0, Int(saturating: exact))
        return try call.tensor(of: type, call.shape([count])) { target in
            for index in 0..<count { target[index] = values[0] + Element(index) * values[2] }
        }
    }
}

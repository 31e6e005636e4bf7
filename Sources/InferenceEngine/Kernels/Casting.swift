import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// Where the numbers of every type meet: exactly as `Int64` or `UInt64`, or as a `Double`.
protocol CastElement: TensorElement {
    static func cast(_ value: Double) -> Self
    static func cast(_ value: Int64) -> Self
    static func cast(_ value: UInt64) -> Self
    /// Whether a number that a text names is within the range of the type.
    static func holds(_ value: Double) -> Bool
    static func holds(_ value: some FixedWidthInteger) -> Bool
}

extension CastElement {
    static func holds(_ value: Double) -> Bool { true }
    static func holds(_ value: some FixedWidthInteger) -> Bool { true }
}

extension CastElement where Self: FixedWidthInteger {
    static func holds(_ value: Double) -> Bool { Self(exactly: value.rounded(.towardZero)) != nil }
    static func holds(_ value: some FixedWidthInteger) -> Bool { Self(exactly: value) != nil }
    static func cast(_ value: Double) -> Self { Self(saturating: value) }
    static func cast(_ value: Int64) -> Self { Self(truncatingIfNeeded: value) }
    static func cast(_ value: UInt64) -> Self { Self(truncatingIfNeeded: value) }
}
extension CastElement where Self: BinaryFloatingPoint {
    static func cast(_ value: Double) -> Self { Self(value) }
    static func cast(_ value: Int64) -> Self { Self(value) }
    static func cast(_ value: UInt64) -> Self { Self(value) }
}
extension Float: CastElement {}
extension Double: CastElement {}
extension Float16: CastElement {}
extension Int8: CastElement {}
extension Int16: CastElement {}
extension Int32: CastElement {}
extension Int64: CastElement {}
extension UInt8: CastElement {}
extension UInt16: CastElement {}
extension UInt32: CastElement {}
extension UInt64: CastElement {}
extension Bool: CastElement {
    static func cast(_ value: Double) -> Bool { value != 0 }
    static func cast(_ value: Int64) -> Bool { value != 0 }
    static func cast(_ value: UInt64) -> Bool { value != 0 }
}
extension BFloat16: CastElement {
    static func cast(_ value: Double) -> BFloat16 { BFloat16(Float(value)) }
    static func cast(_ value: Int64) -> BFloat16 { BFloat16(Float(value)) }
    static func cast(_ value: UInt64) -> BFloat16 { BFloat16(Float(value)) }
}

extension OperatorCall {
    /// The elements as another type: floats to integers towards zero, out of range without a trap, text as numbers.
    ///
    /// *Throws*: `unsupportedType` for types that are not handled, `value` for text that is no number.
    func cast(
        _ input: Tensor,
        to type: ElementType,
        _ rules: NarrowCastRules = .standard
    ) throws(EngineError) -> Tensor {
        guard input.elementType != type else { return input }
        if let wide = try widened(input) { return try cast(wide, to: type, rules) }
        if let codes = try codes(input, as: type, rules) { return try packed(codes, as: type) }
        switch type {
        case .float: return try cast(input, Float.self)
        case .double: return try cast(input, Double.self)
        case .float16: return try cast(input, Float16.self)
        case .bfloat16: return try cast(input, BFloat16.self)
        case .int8: return try cast(input, Int8.self)
        case .int16: return try cast(input, Int16.self)
        case .int32: return try cast(input, Int32.self)
        case .int64: return try cast(input, Int64.self)
        case .uint8: return try cast(input, UInt8.self)
        case .uint16: return try cast(input, UInt16.self)
        case .uint32: return try cast(input, UInt32.self)
        case .uint64: return try cast(input, UInt64.self)
        case .bool: return try cast(input, Bool.self)
        case .string: return try text(input)
        default: throw EngineError(.unsupportedType, "a cast to `\(type.name)` is not supported")
        }
    }

    private func cast<Target: CastElement>(_ input: Tensor, _ type: Target.Type) throws(EngineError) -> Tensor {
        switch input.elementType {
        case .float: return try map(input) { (x: Float) in Target.cast(Double(x)) }
        case .double: return try map(input) { (x: Double) in Target.cast(x) }
        case .float16: return try map(input) { (x: Float16) in Target.cast(Double(x)) }
        case .bfloat16: return try map(input) { (x: BFloat16) in Target.cast(Double(Float(x))) }
        case .int8: return try map(input) { (x: Int8) in Target.cast(Int64(x)) }
        case .int16: return try map(input) { (x: Int16) in Target.cast(Int64(x)) }
        case .int32: return try map(input) { (x: Int32) in Target.cast(Int64(x)) }
        case .int64: return try map(input) { (x: Int64) in Target.cast(x) }
        case .uint8: return try map(input) { (x: UInt8) in Target.cast(Int64(x)) }
        case .uint16: return try map(input) { (x: UInt16) in Target.cast(Int64(x)) }
        case .uint32: return try map(input) { (x: UInt32) in Target.cast(Int64(x)) }
        case .uint64: return try map(input) { (x: UInt64) in Target.cast(x) }
        case .bool: return try map(input) { (x: Bool) in Target.cast(Int64(x ? 1 : 0)) }
        case .string: return try numbers(input, type)
        default: throw EngineError(.unsupportedType, "a cast from `\(input.elementType.name)` is not supported")
        }
    }

    private func numbers<Target: CastElement>(_ input: Tensor, _ type: Target.Type) throws(EngineError) -> Tensor {
        var elements: [Target] = []
        for text in try input.stringElements() {
            let isHeld: Bool
            if let integer = Int64(text) {
                isHeld = Target.holds(integer)
                elements.append(.cast(integer))
            } else if let integer = UInt64(text) {
                isHeld = Target.holds(integer)
                elements.append(.cast(integer))
            } else if let number = Double(text) ?? Double(text.lowercased()) {
                isHeld = Target.holds(number)
                elements.append(.cast(number))
            } else {
                throw EngineError(.value, "`\(text)` is no number")
            }
            guard isHeld else {
                throw EngineError(.value, "`\(text)` is out of the range of `\(type.elementType.name)`")
            }
        }
        return try .of(elements, input.shape)
    }

    private func text(_ input: Tensor) throws(EngineError) -> Tensor {
        try state.check(.string, input.shape)
        let texts: [String]
        switch input.elementType {
        case .float: texts = try input.array(of: Float.self).map { numberText($0) }
        case .double: texts = try input.array(of: Double.self).map { numberText($0) }
        case .float16: texts = try input.array(of: Float16.self).map { numberText(Float($0)) }
        case .bfloat16: texts = try input.array(of: BFloat16.self).map { numberText(Float($0)) }
        case .bool: texts = try input.array(of: Bool.self).map { $0 ? "1" : "0" }
        case .uint64: texts = try input.array(of: UInt64.self).map { "\($0)" }
        default: texts = try input.integers("the input").map { "\($0)" }
        }
        return try .of(strings: texts, input.shape)
    }
}

/// A float as the shortest text that reads back as the same number, in the spelling of NumPy.
private func numberText<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ value: Number) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-INF" : "INF" }
    return "\(value)"
}

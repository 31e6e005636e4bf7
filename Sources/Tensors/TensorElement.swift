/// A Swift type whose memory layout is that of an ONNX element type.
package protocol TensorElement: BitwiseCopyable, Sendable {
    /// The ONNX element type.
    static var elementType: ElementType { get }
}

extension Float: TensorElement { package static var elementType: ElementType { .float } }
extension Double: TensorElement { package static var elementType: ElementType { .double } }
extension Float16: TensorElement { package static var elementType: ElementType { .float16 } }
extension BFloat16: TensorElement { package static var elementType: ElementType { .bfloat16 } }
extension Int8: TensorElement { package static var elementType: ElementType { .int8 } }
extension Int16: TensorElement { package static var elementType: ElementType { .int16 } }
extension Int32: TensorElement { package static var elementType: ElementType { .int32 } }
extension Int64: TensorElement { package static var elementType: ElementType { .int64 } }
extension UInt8: TensorElement { package static var elementType: ElementType { .uint8 } }
extension UInt16: TensorElement { package static var elementType: ElementType { .uint16 } }
extension UInt32: TensorElement { package static var elementType: ElementType { .uint32 } }
extension UInt64: TensorElement { package static var elementType: ElementType { .uint64 } }
extension Bool: TensorElement { package static var elementType: ElementType { .bool } }

/// A 16-bit float with the exponent of a `Float` and 8 bits of significand.
package struct BFloat16: Sendable, Hashable, BitwiseCopyable {
    /// The upper 16 bits of the `Float` with the same value.
    package var bitPattern: UInt16

    /// A value from its bits.
    package init(bitPattern: UInt16) {
        self.bitPattern = bitPattern
    }

    /// The nearest value, ties to even; NaN stays NaN.
    package init(_ value: Float) {
        let bits = value.bitPattern
        guard !value.isNaN else {
            bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
            return
        }
        bitPattern = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
}

extension Float {
    /// The value of a `BFloat16`, exactly.
    package init(_ value: BFloat16) {
        self.init(bitPattern: UInt32(value.bitPattern) << 16)
    }
}

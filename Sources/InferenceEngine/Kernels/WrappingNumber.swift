import Tensors

/// A number of any type, with sums and products that wrap where the type ends.
protocol WrappingNumber: TensorElement, Comparable, ExpressibleByIntegerLiteral {
    static func wrappingAdd(_ x: Self, _ y: Self) -> Self
    static func wrappingMultiply(_ x: Self, _ y: Self) -> Self
    /// The lesser and the greater of two; NaN when one is.
    static func least(_ x: Self, _ y: Self) -> Self
    static func greatest(_ x: Self, _ y: Self) -> Self
    /// The least and the greatest value of the type, infinite ones included.
    static var ends: (least: Self, greatest: Self) { get }
}

extension WrappingNumber where Self: FixedWidthInteger {
    @inline(__always)
    static func wrappingAdd(_ x: Self, _ y: Self) -> Self { x &+ y }
    @inline(__always)
    static func wrappingMultiply(_ x: Self, _ y: Self) -> Self { x &* y }
    @inline(__always)
    static func least(_ x: Self, _ y: Self) -> Self { Swift.min(x, y) }
    @inline(__always)
    static func greatest(_ x: Self, _ y: Self) -> Self { Swift.max(x, y) }
    static var ends: (least: Self, greatest: Self) { (.min, .max) }
}
extension WrappingNumber where Self: BinaryFloatingPoint {
    @inline(__always)
    static func wrappingAdd(_ x: Self, _ y: Self) -> Self { x + y }
    @inline(__always)
    static func wrappingMultiply(_ x: Self, _ y: Self) -> Self { x * y }
    @inline(__always)
    static func least(_ x: Self, _ y: Self) -> Self { x.isNaN || x < y ? x : y }
    @inline(__always)
    static func greatest(_ x: Self, _ y: Self) -> Self { x.isNaN || x > y ? x : y }
    static var ends: (least: Self, greatest: Self) { (-.infinity, .infinity) }
}
extension Float: WrappingNumber {}
extension Double: WrappingNumber {}
extension Int8: WrappingNumber {}
extension Int16: WrappingNumber {}
extension Int32: WrappingNumber {}
extension Int64: WrappingNumber {}
extension UInt8: WrappingNumber {}
extension UInt16: WrappingNumber {}
extension UInt32: WrappingNumber {}
extension UInt64: WrappingNumber {}

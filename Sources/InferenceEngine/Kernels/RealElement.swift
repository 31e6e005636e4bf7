import Glibc
import Tensors

/// `Float` and `Double`, with the functions of the C library for them.
protocol RealElement: TensorElement, BinaryFloatingPoint {
    static func acos(_ x: Self) -> Self
    static func acosh(_ x: Self) -> Self
    static func asin(_ x: Self) -> Self
    static func asinh(_ x: Self) -> Self
    static func atan(_ x: Self) -> Self
    static func atanh(_ x: Self) -> Self
    static func cos(_ x: Self) -> Self
    static func cosh(_ x: Self) -> Self
    static func erf(_ x: Self) -> Self
    static func exp(_ x: Self) -> Self
    static func expm1(_ x: Self) -> Self
    static func fmod(_ x: Self, _ y: Self) -> Self
    static func log(_ x: Self) -> Self
    static func log1p(_ x: Self) -> Self
    static func pow(_ x: Self, _ y: Self) -> Self
    static func sin(_ x: Self) -> Self
    static func sinh(_ x: Self) -> Self
    static func tan(_ x: Self) -> Self
    static func tanh(_ x: Self) -> Self
}

extension Float: RealElement {
    static func acos(_ x: Float) -> Float { Glibc.acosf(x) }
    static func acosh(_ x: Float) -> Float { Glibc.acoshf(x) }
    static func asin(_ x: Float) -> Float { Glibc.asinf(x) }
    static func asinh(_ x: Float) -> Float { Glibc.asinhf(x) }
    static func atan(_ x: Float) -> Float { Glibc.atanf(x) }
    static func atanh(_ x: Float) -> Float { Glibc.atanhf(x) }
    static func cos(_ x: Float) -> Float { Glibc.cosf(x) }
    static func cosh(_ x: Float) -> Float { Glibc.coshf(x) }
    static func erf(_ x: Float) -> Float { Glibc.erff(x) }
    static func exp(_ x: Float) -> Float { Glibc.expf(x) }
    static func expm1(_ x: Float) -> Float { Glibc.expm1f(x) }
    static func fmod(_ x: Float, _ y: Float) -> Float { Glibc.fmodf(x, y) }
    static func log(_ x: Float) -> Float { Glibc.logf(x) }
    static func log1p(_ x: Float) -> Float { Glibc.log1pf(x) }
    static func pow(_ x: Float, _ y: Float) -> Float { Glibc.powf(x, y) }
    static func sin(_ x: Float) -> Float { Glibc.sinf(x) }
    static func sinh(_ x: Float) -> Float { Glibc.sinhf(x) }
    static func tan(_ x: Float) -> Float { Glibc.tanf(x) }
    static func tanh(_ x: Float) -> Float { Glibc.tanhf(x) }
}

extension Double: RealElement {
    static func acos(_ x: Double) -> Double { Glibc.acos(x) }
    static func acosh(_ x: Double) -> Double { Glibc.acosh(x) }
    static func asin(_ x: Double) -> Double { Glibc.asin(x) }
    static func asinh(_ x: Double) -> Double { Glibc.asinh(x) }
    static func atan(_ x: Double) -> Double { Glibc.atan(x) }
    static func atanh(_ x: Double) -> Double { Glibc.atanh(x) }
    static func cos(_ x: Double) -> Double { Glibc.cos(x) }
    static func cosh(_ x: Double) -> Double { Glibc.cosh(x) }
    static func erf(_ x: Double) -> Double { Glibc.erf(x) }
    static func exp(_ x: Double) -> Double { Glibc.exp(x) }
    static func expm1(_ x: Double) -> Double { Glibc.expm1(x) }
    static func fmod(_ x: Double, _ y: Double) -> Double { Glibc.fmod(x, y) }
    static func log(_ x: Double) -> Double { Glibc.log(x) }
    static func log1p(_ x: Double) -> Double { Glibc.log1p(x) }
    static func pow(_ x: Double, _ y: Double) -> Double { Glibc.pow(x, y) }
    static func sin(_ x: Double) -> Double { Glibc.sin(x) }
    static func sinh(_ x: Double) -> Double { Glibc.sinh(x) }
    static func tan(_ x: Double) -> Double { Glibc.tan(x) }
    static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
}

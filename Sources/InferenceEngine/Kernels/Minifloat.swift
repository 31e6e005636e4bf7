import Tensors

/// How a float of 4 to 8 bits is coded: a sign, an exponent and a significand.
///
/// *Source*: ONNX, `Cast`; the OCP specifications of 8-bit floating point and of microscaling formats.
struct Minifloat: Sendable {
    /// What stands for numbers that are not finite.
    enum Specials {
        /// Infinities and NaN under the largest exponent, as IEEE 754 has them.
        case infinities
        /// NaN where exponent and significand are all ones; no infinity.
        case nan
        /// NaN in the place of the negative zero; no infinity.
        case nanForNegativeZero
        /// Nothing: every code is a finite number.
        case none
    }

    let exponentBitCount: Int
    let significandBitCount: Int
    let bias: Int
    let specials: Specials

    private var signBit: UInt8 { 1 << (exponentBitCount + significandBitCount) }
    private var largestExponent: Int { (1 << exponentBitCount) - 1 - (specials == .infinities ? 1 : 0) }

    /// The code of the greatest finite number.
    private var greatestCode: UInt8 {
        let all = signBit - 1
        switch specials {
        case .infinities: return all - 1 << significandBitCount
        case .nan: return all - 1
        case .nanForNegativeZero, .none: return all
        }
    }

    private func nan(isNegative: Bool) -> UInt8 {
        let sign = isNegative ? signBit : 0
        switch specials {
        case .infinities: return sign | (greatestCode + 1) | 1 << (significandBitCount - 1)
        case .nan: return sign | (signBit - 1)
        case .nanForNegativeZero: return signBit
        // NUMERICS: the standard leaves NaN to implementations where there is no code for it; zero of the other sign
        // is what its reference implementation makes of it.
        case .none: return isNegative ? 0 : signBit
        }
    }

    /// The number that a code stands for.
    func decode(_ code: UInt8) -> Float {
        let isNegative = code & signBit != 0
        let magnitude = code & (signBit - 1)
        let exponent = Int(magnitude >> significandBitCount)
        let significand = Int(magnitude) & (1 << significandBitCount - 1)
        switch specials {
        case .infinities where exponent > largestExponent:
            return significand != 0 ? .nan : isNegative ? -.infinity : .infinity
        case .nan where magnitude == signBit - 1: return .nan
        case .nanForNegativeZero where code == signBit: return .nan
        default: break
        }
        let isSubnormal = exponent == 0
        let units = Float(isSubnormal ? significand : significand + 1 << significandBitCount)
        let value = units * Self.power(max(exponent, 1) - bias - significandBitCount)
        return isNegative ? -value : value
    }

    /// The code of the nearest number, ties to even; what is out of range becomes the greatest number if `saturates`,
    /// infinity or NaN otherwise.
    func encode(_ value: Double, saturates: Bool) -> UInt8 {
        let isNegative = value.sign == .minus
        guard !value.isNaN else { return nan(isNegative: isNegative) }
        let sign = isNegative ? signBit : 0
        guard value.isFinite else { return overflow(sign, saturates) }
        let magnitude = value.magnitude
        let least = 1 - bias
        let exponent = magnitude == 0 ? least : max(Int(magnitude.exponent), least)
        let unit = Double(sign: .plus, exponent: exponent - significandBitCount, significand: 1)
        var units = Int((magnitude / unit).rounded(.toNearestOrEven))
        var biased = exponent + bias
        if units == 2 << significandBitCount { (units, biased) = (1 << significandBitCount, biased + 1) }
        let isSubnormal = units < 1 << significandBitCount
        guard biased <= largestExponent else { return overflow(sign, saturates) }
        let code = isSubnormal ? units : (biased - 1) << significandBitCount + units
        guard code <= Int(greatestCode) else { return overflow(sign, saturates) }
        guard code != 0 || specials != .nanForNegativeZero else { return 0 }
        return sign | UInt8(code)
    }

    private func overflow(_ sign: UInt8, _ saturates: Bool) -> UInt8 {
        if saturates || specials == .none { return sign | greatestCode }
        return specials == .infinities ? sign | (greatestCode + 1) : nan(isNegative: sign != 0)
    }

    private static func power(_ exponent: Int) -> Float { Float(sign: .plus, exponent: exponent, significand: 1) }
}

extension ElementType {
    /// How elements are coded, when they are signed floats below 16 bits.
    var minifloat: Minifloat? {
        switch self {
        case .float8e4m3fn: .init(exponentBitCount: 4, significandBitCount: 3, bias: 7, specials: .nan)
        case .float8e4m3fnuz: .init(exponentBitCount: 4, significandBitCount: 3, bias: 8, specials: .nanForNegativeZero)
        case .float8e5m2: .init(exponentBitCount: 5, significandBitCount: 2, bias: 15, specials: .infinities)
        case .float8e5m2fnuz:
            .init(exponentBitCount: 5, significandBitCount: 2, bias: 16, specials: .nanForNegativeZero)
        case .float6e2m3: .init(exponentBitCount: 2, significandBitCount: 3, bias: 1, specials: .none)
        case .float6e3m2: .init(exponentBitCount: 3, significandBitCount: 2, bias: 3, specials: .none)
        case .float4e2m1: .init(exponentBitCount: 2, significandBitCount: 1, bias: 1, specials: .none)
        default: nil
        }
    }
}

/// The powers of two of `float8e8m0`: no sign, no significand, 255 for NaN.
enum PowerOfTwo {
    /// How a number between two powers is rounded.
    enum Rounding: String, CaseIterable, Sendable {
        case up
        case down
        case nearest
    }

    private static let bias = 127
    private static let nan: UInt8 = 255

    static func decode(_ code: UInt8) -> Float {
        code == nan ? .nan : Float(sign: .plus, exponent: Int(code) - bias, significand: 1)
    }

    /// The code of a power near a number; the sign is not kept.
    static func encode(_ value: Double, _ rounding: Rounding, saturates: Bool) -> UInt8 {
        guard !value.isNaN else { return nan }
        let magnitude = value.magnitude
        guard magnitude > 0, magnitude.isFinite else {
            guard saturates else { return nan }
            return magnitude == 0 ? 0 : nan - 1
        }
        let fraction = magnitude.significand
        let roundsUp: Bool =
            switch rounding {
            case .up: fraction > 1
            case .down: false
            case .nearest: fraction >= 1.5
            }
        let code = Int(magnitude.exponent) + bias + (roundsUp ? 1 : 0)
        guard code >= 0, code < Int(nan) else {
            guard saturates else { return nan }
            return code < 0 ? 0 : nan - 1
        }
        return UInt8(code)
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// How numbers meet the types below 16 bits when they do not fit.
struct NarrowCastRules: Sendable {
    /// Whether floats out of range become the greatest number instead of infinity or NaN.
    var saturates = true
    /// How numbers between the powers of `float8e8m0` are rounded.
    var rounding = PowerOfTwo.Rounding.up

    static let standard = NarrowCastRules()
}

extension ElementType {
    /// Whether several elements share a byte.
    var isPacked: Bool { bitWidth.map { $0 < 8 } ?? false }

    /// Whether the elements are integers of 2 or 4 bits, and whether they have a sign.
    fileprivate var packedInteger: (bitWidth: Int, isSigned: Bool)? {
        switch self {
        case .int4: (4, true)
        case .uint4: (4, false)
        case .int2: (2, true)
        case .uint2: (2, false)
        default: nil
        }
    }
}

extension OperatorCall {
    /// Elements that share bytes, with a byte for each; the upper bits are zero.
    func unpacked(_ input: Tensor) throws(EngineError) -> Tensor {
        let source = try input.bytePointer()
        let (width, count) = (input.elementType.bitWidth ?? 8, input.shape.elementCount)
        let byteCount = input.elementType.byteCount(of: count) ?? 0
        let mask = UInt8(truncatingIfNeeded: 1 << width - 1)
        return try tensor(of: UInt8.self, input.shape) { target in
            for index in 0..<count {
                let (byte, shift) = (index &* width / 8, index &* width % 8)
                let low = source.load(fromByteOffset: byte, as: UInt8.self)
                let high = byte + 1 < byteCount ? source.load(fromByteOffset: byte + 1, as: UInt8.self) : 0
                let bits = (UInt16(high) << 8 | UInt16(low)) >> UInt16(shift)
                target[index] = UInt8(truncatingIfNeeded: bits) & mask
            }
        }
    }

    /// The tensor of a type whose elements share bytes, from a byte for each, of which the lowest bits count.
    func packed(_ codes: Tensor, as type: ElementType) throws(EngineError) -> Tensor {
        let source = try codes.pointer(UInt8.self)
        let (width, count) = (type.bitWidth ?? 8, codes.shape.elementCount)
        let mask = UInt16(truncatingIfNeeded: 1 << width - 1)
        try state.check(type, codes.shape)
        return try Tensor.ofBytes(elementType: type, shape: codes.shape, zeroed: true) { bytes in
            for index in 0..<count {
                let (byte, shift) = (index &* width / 8, index &* width % 8)
                let bits = (UInt16(source[index]) & mask) << UInt16(shift)
                bytes[byte] |= UInt8(truncatingIfNeeded: bits)
                if shift + width > 8 { bytes[byte + 1] |= UInt8(truncatingIfNeeded: bits >> 8) }
            }
        }
    }

    /// Elements below 16 bits that no Swift type has, as `float`, `int8` or `uint8`; `nil` for other types.
    func widened(_ input: Tensor) throws(EngineError) -> Tensor? {
        let type = input.elementType
        if let format = type.minifloat {
            let table = (0..<(1 << (type.bitWidth ?? 8))).map { format.decode(UInt8($0)) }
            return try map(bytewise(input)) { (code: UInt8) in table[Int(code)] }
        }
        if type == .float8e8m0 { return try map(bytewise(input)) { (code: UInt8) in PowerOfTwo.decode(code) } }
        guard let (width, isSigned) = type.packedInteger else { return nil }
        let codes = try unpacked(input)
        guard isSigned else { return codes }
        let shift = UInt8(8 - width)
        return try map(codes) { (code: UInt8) in Int8(bitPattern: code << shift) >> Int8(shift) }
    }

    /// What elements become under a type below 16 bits that no Swift type has, with a byte for each; `nil` for others.
    func codes(
        _ input: Tensor,
        as type: ElementType,
        _ rules: NarrowCastRules
    ) throws(EngineError) -> Tensor? {
        if let format = type.minifloat {
            return try map(cast(input, to: .double)) { (x: Double) in format.encode(x, saturates: rules.saturates) }
        }
        if type == .float8e8m0 {
            return try map(cast(input, to: .double)) { (x: Double) in
                PowerOfTwo.encode(x, rules.rounding, saturates: rules.saturates)
            }
        }
        guard type.packedInteger != nil else { return nil }
        return try map(cast(input, to: .int64)) { (x: Int64) in UInt8(truncatingIfNeeded: x) }
    }

    /// The codes of elements of at most 8 bits, with a byte for each.
    func bytewise(_ input: Tensor) throws(EngineError) -> Tensor {
        guard !input.elementType.isPacked else { return try unpacked(input) }
        guard let region = input.region, input.elementType.bitWidth == 8 else {
            throw EngineError(.elementType, "elements have type `\(input.elementType.name)`, expected one of 8 bits")
        }
        return try Tensor.wrapping { () throws(TensorError) in
            try Tensor(elementType: .uint8, shape: input.shape, region: region)
        }
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// The discrete Fourier transform along one axis, or its inverse; the last axis has real and imaginary parts.
///
/// One-sided, a real signal becomes the first half of its spectrum, and that half the signal again.
struct DFT: Operator {
    private let isInverse: Bool
    private let isOneSided: Bool
    /// The axis before opset 20; since then it is an input, and the last but one unless it is given.
    private let fixedAxis: Int?

    static let definition = OperatorDefinition("DFT", since: 17, 20, halves: .widened) { node throws(EngineError) in
        DFT(
            isInverse: try node.bool("inverse", default: false),
            isOneSided: try node.bool("onesided", default: false),
            fixedAxis: node.version < 20 ? try node.int("axis", default: 1) : nil
        )
    }

    /// Whether the output is a real signal.
    private var isReal: Bool { isInverse && isOneSided }

    /// How many numbers a transform of a length takes or gives on its one-sided side.
    private static func half(_ length: Int) -> Int { length / 2 + 1 }

    private func defaultLength(_ extent: Int) -> Int { isReal ? 2 &* (extent &- 1) : extent }
    private func extent(_ length: Int) -> Int { isOneSided && !isInverse ? Self.half(length) : length }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard var shape = inputs.shape(), shape.count >= 2 else { return [.tensor(inputs.elementType())] }
        shape[shape.count - 1] = .fixed(isReal ? 1 : 2)
        guard let given = fixedAxis ?? (inputs.has(2) ? inputs[2].integers?.first : -2),
            let axis = normalizedAxis(given, rank: shape.count), axis < shape.count - 1
        else {
            guard inputs.has(1) || isOneSided else { return [.tensor(inputs.elementType(), shape)] }
            return [.tensor(inputs.elementType(), shape.dropLast().map { _ in .unknown } + shape.suffix(1))]
        }
        let length = inputs.has(1) ? inputs[1].integers?.first : shape[axis].extent.map(defaultLength)
        if let length, length > 0, length <= 1 << 40 {
            shape[axis] = .fixed(extent(length))
        } else if inputs.has(1) || isOneSided {
            shape[axis] = .unknown
        }
        return [.tensor(inputs.elementType(), shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        switch input.elementType {
        case .float: return [.tensor(try transformed(Float.self, input, call))]
        case .double: return [.tensor(try transformed(Double.self, input, call))]
        case let type: throw .elementType(type, expected: "a floating-point type")
        }
    }

    private func transformed<Element: RealElement & SIMDScalar>(
        _ type: Element.Type,
        _ input: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let rank = input.shape.rank
        guard rank >= 2, let partCount = input.shape.dimensions.last, partCount == 1 || partCount == 2 else {
            throw EngineError(
                .shape,
                "input has shape \(input.shape), expected real parts alone or with imaginary ones"
            )
        }
        guard partCount == 1 || !isOneSided || isInverse else {
            throw EngineError(.shape, "input has shape \(input.shape), expected a real signal for half a spectrum")
        }
        let given: Int
        if let fixedAxis { given = fixedAxis } else { given = try call.integers(2)?.first ?? -2 }
        let axis = try checkedAxis(given, rank: rank)
        guard axis < rank - 1 else {
            throw EngineError(.index, "axis \(given) has the parts of the numbers, expected another")
        }
        let length = try call.integers(1)?.first ?? defaultLength(input.shape[axis])
        try call.checkTransform(length)
        var dimensions = input.shape.dimensions
        dimensions[axis] = extent(length)
        dimensions[rank - 1] = isReal ? 1 : 2
        let walk = Walk(
            inner: input.shape.dimensions[(axis + 1)..<(rank - 1)].reduce(1, *),
            outer: input.shape.dimensions[..<axis].reduce(1, *),
            extent: input.shape[axis],
            partCount: partCount
        )
        let source = try input.pointer(type)
        return try call.tensor(of: type, call.shape(dimensions)) { target in
            // NUMERICS: forth in double precision, so that what cancels is zero in single; back in the type of the
            // numbers, whose rounding ONNX's own cases expect to see.
            if isInverse {
                transform(source, target, walk, FourierTransform<Element>(length))
            } else {
                transform(source, target, walk, FourierTransform<Double>(length))
            }
        }
    }

    /// Where the lines of the axis lie.
    private struct Walk {
        let inner: Int
        let outer: Int
        let extent: Int
        let partCount: Int
    }

    private func transform<Element: RealElement, Number: RealElement & SIMDScalar>(
        _ source: UnsafePointer<Element>,
        _ target: UnsafeMutablePointer<Element>,
        _ walk: Walk,
        _ transform: FourierTransform<Number>
    ) {
        let length = transform.length
        let readCount = min(walk.extent, isReal ? Self.half(length) : length)
        let writeCount = extent(length)
        for outer in 0..<walk.outer {
            for inner in 0..<walk.inner {
                var line = [SIMD2<Number>](repeating: .zero, count: length)
                for k in 0..<readCount {
                    let place = source + ((outer &* walk.extent &+ k) &* walk.inner &+ inner) &* walk.partCount
                    line[k] = SIMD2(Number(place[0]), walk.partCount == 2 ? Number(place[1]) : 0)
                }
                if isReal { Self.mirror(&line) }
                if isInverse { transform.inverse(&line) } else { transform.forward(&line) }
                for k in 0..<writeCount {
                    let place = target + ((outer &* writeCount &+ k) &* walk.inner &+ inner) &* (isReal ? 1 : 2)
                    place[0] = Element(line[k].x)
                    if !isReal { place[1] = Element(line[k].y) }
                }
            }
        }
    }

    /// Completes the first half of a spectrum to that of a real signal.
    private static func mirror<Element: RealElement & SIMDScalar>(_ spectrum: inout [SIMD2<Element>]) {
        let length = spectrum.count
        spectrum[0].y = 0
        if length % 2 == 0 { spectrum[length / 2].y = 0 }
        for k in 1..<max(1, (length + 1) / 2) { spectrum[length - k] = SIMD2(spectrum[k].x, -spectrum[k].y) }
    }
}

extension OperatorCall {
    /// Refuses a Fourier transform of a length that is none, or too large.
    ///
    /// *Throws*: `value`, `limit`.
    func checkTransform(_ length: Int) throws(EngineError) {
        guard length > 0 else {
            throw EngineError(.value, "the length of the transform is \(length), expected 1 or more")
        }
        // The tables and buffers of a transform take at most 16 complex numbers for each of its own.
        try state.check(.double, shape([length, 32]))
    }
}

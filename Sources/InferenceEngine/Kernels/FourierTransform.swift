import Glibc

/// The discrete Fourier transform of one length, in double precision; a number has its real part first.
///
/// A length without large prime factors is transformed in one pass for each of its factors, by Stockham's variant of the
/// fast transform; any other by Bluestein's, a convolution whose length is a power of two. Both take O(n log n).
struct FourierTransform {
    private indirect enum Method {
        case passes(factors: [Int], roots: [SIMD2<Double>])
        case convolution(FourierTransform, chirp: [SIMD2<Double>], spectrum: [SIMD2<Double>])
    }

    /// PERF: a pass takes time in proportion to its factor; a convolution as much as factors of about this size.
    private static let largestFactor = 31

    let length: Int
    private let method: Method

    /// The transform of a length from 1.
    init(_ length: Int) {
        self.length = length
        let (factors, rest) = Self.factors(of: length)
        method =
            rest == 1
            ? .passes(factors: factors, roots: (0..<length).map { Self.root($0, of: length) })
            : Self.convolution(length)
    }

    /// `e^(-2πik/n)`.
    private static func root(_ k: Int, of n: Int) -> SIMD2<Double> {
        let angle = -2 * Double.pi * Double(k) / Double(n)
        return SIMD2(cos(angle), sin(angle))
    }

    private static func factors(of length: Int) -> (factors: [Int], rest: Int) {
        var factors: [Int] = []
        var rest = length
        for factor in 2...largestFactor {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
        }
        return (factors, rest)
    }

    private static func convolution(_ length: Int) -> Method {
        var square = 0
        var chirp: [SIMD2<Double>] = []
        for k in 0..<length {
            chirp.append(root(square, of: 2 * length))
            // NUMERICS: k² modulo 2n, so that the angle stays exact.
            square = (square + 2 * k + 1) % (2 * length)
        }
        var padded = 1
        while padded < 2 * length - 1 { padded *= 2 }
        let inner = FourierTransform(padded)
        var spectrum = [SIMD2<Double>](repeating: .zero, count: padded)
        for (k, value) in chirp.enumerated() {
            spectrum[k] = conjugate(value)
            if k > 0 { spectrum[padded - k] = conjugate(value) }
        }
        inner.forward(&spectrum)
        return .convolution(inner, chirp: chirp, spectrum: spectrum)
    }

    /// Transforms numbers to their spectrum.
    func forward(_ numbers: inout [SIMD2<Double>]) {
        switch method {
        case .passes(let factors, let roots): run(factors, roots, &numbers)
        case .convolution(let inner, let chirp, let spectrum):
            var padded = [SIMD2<Double>](repeating: .zero, count: inner.length)
            for k in 0..<length { padded[k] = Self.product(numbers[k], chirp[k]) }
            inner.forward(&padded)
            for k in padded.indices { padded[k] = Self.product(padded[k], spectrum[k]) }
            inner.inverse(&padded)
            for k in 0..<length { numbers[k] = Self.product(padded[k], chirp[k]) }
        }
    }

    /// Transforms a spectrum back to its numbers.
    func inverse(_ spectrum: inout [SIMD2<Double>]) {
        for k in spectrum.indices { spectrum[k] = Self.conjugate(spectrum[k]) }
        forward(&spectrum)
        for k in spectrum.indices { spectrum[k] = Self.conjugate(spectrum[k]) / Double(length) }
    }

    @inline(__always)
    private static func conjugate(_ x: SIMD2<Double>) -> SIMD2<Double> { SIMD2(x.x, -x.y) }

    @inline(__always)
    private static func product(_ x: SIMD2<Double>, _ y: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x)
    }

    /// One pass for each factor: `stride` transforms of `rest` numbers become `stride · factor` of `rest / factor`.
    private func run(_ factors: [Int], _ roots: [SIMD2<Double>], _ numbers: inout [SIMD2<Double>]) {
        var target = [SIMD2<Double>](repeating: .zero, count: length)
        var (rest, stride) = (length, 1)
        for factor in factors {
            let count = rest / factor
            numbers.withUnsafeBufferPointer { source in
                target.withUnsafeMutableBufferPointer { result in
                    roots.withUnsafeBufferPointer { roots in
                        pass(factor, count, stride, source, result, roots)
                    }
                }
            }
            swap(&numbers, &target)
            (rest, stride) = (count, stride * factor)
        }
    }

    private func pass(
        _ factor: Int,
        _ count: Int,
        _ stride: Int,
        _ numbers: UnsafeBufferPointer<SIMD2<Double>>,
        _ target: UnsafeMutableBufferPointer<SIMD2<Double>>,
        _ roots: UnsafeBufferPointer<SIMD2<Double>>
    ) {
        let distance = stride * count
        let turnLength = length / factor
        for group in 0..<count {
            for place in 0..<stride {
                let first = place &+ stride &* group
                let result = place &+ stride &* factor &* group
                guard factor > 2 else {
                    let (x, y) = (numbers[first], numbers[first &+ distance])
                    target[result] = x + y
                    target[result &+ stride] = Self.product(x - y, roots[group &* stride])
                    continue
                }
                for output in 0..<factor {
                    var sum = numbers[first]
                    var turn = 0
                    for term in 1..<factor {
                        turn &+= output
                        if turn >= factor { turn &-= factor }
                        sum += Self.product(numbers[first &+ distance &* term], roots[turn &* turnLength])
                    }
                    target[result &+ stride &* output] = Self.product(sum, roots[group &* output &* stride])
                }
            }
        }
    }
}

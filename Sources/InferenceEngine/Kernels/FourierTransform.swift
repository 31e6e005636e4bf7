import Glibc

/// The discrete Fourier transform of one length; a number has its real part first.
///
/// A length without large prime factors is transformed in one pass for each of its factors, by Stockham's variant of the
/// fast transform; any other by Bluestein's, a convolution whose length is a power of two. Both take O(n log n).
///
/// NUMERICS: passes compute in the type of the numbers, with roots that are rounded once; the convolution computes in
/// double precision.
struct FourierTransform<Element: RealElement & SIMDScalar> {
    typealias Number = SIMD2<Element>

    private indirect enum Method {
        case passes(factors: [Int], roots: [Number])
        case convolution(Convolution)
    }

    /// Bluestein's transform: the numbers times a chirp, convolved with the chirp's conjugate.
    private struct Convolution {
        let inner: FourierTransform<Double>
        let chirp: [SIMD2<Double>]
        let spectrum: [SIMD2<Double>]
    }

    /// PERF: a pass takes time in proportion to its factor; a convolution as much as factors of about this size.
    private static var largestFactor: Int { 31 }

    let length: Int
    private let method: Method

    /// The transform of a length from 1.
    init(_ length: Int) {
        self.length = length
        let (factors, rest) = Self.factors(of: length)
        method =
            rest == 1
            ? .passes(factors: factors, roots: (0..<length).map { Number(root($0, of: length)) })
            : .convolution(Self.convolution(length))
    }

    /// Factors of 4, of 2 at most once and first, and odd ones; and what is left.
    private static func factors(of length: Int) -> (factors: [Int], rest: Int) {
        var factors: [Int] = []
        var rest = length
        while rest % 4 == 0 {
            factors.append(4)
            rest /= 4
        }
        if rest % 2 == 0 {
            factors.insert(2, at: 0)
            rest /= 2
        }
        for factor in stride(from: 3, through: largestFactor, by: 2) {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
        }
        return (factors, rest)
    }

    private static func convolution(_ length: Int) -> Convolution {
        var square = 0
        var chirp: [SIMD2<Double>] = []
        for k in 0..<length {
            chirp.append(root(square, of: 2 * length))
            // NUMERICS: k² modulo 2n, so that the angle stays exact.
            square = (square + 2 * k + 1) % (2 * length)
        }
        var padded = 1
        while padded < 2 * length - 1 { padded *= 2 }
        let inner = FourierTransform<Double>(padded)
        var spectrum = [SIMD2<Double>](repeating: .zero, count: padded)
        for (k, value) in chirp.enumerated() {
            spectrum[k] = conjugate(value)
            if k > 0 { spectrum[padded - k] = conjugate(value) }
        }
        inner.forward(&spectrum)
        return Convolution(inner: inner, chirp: chirp, spectrum: spectrum)
    }

    /// Transforms numbers to their spectrum.
    func forward(_ numbers: inout [Number]) {
        switch method {
        case .passes(let factors, let roots): run(factors, roots, &numbers)
        case .convolution(let convolution):
            let (inner, chirp) = (convolution.inner, convolution.chirp)
            var padded = [SIMD2<Double>](repeating: .zero, count: inner.length)
            for k in 0..<length { padded[k] = product(SIMD2<Double>(numbers[k]), chirp[k]) }
            inner.forward(&padded)
            for k in padded.indices { padded[k] = product(padded[k], convolution.spectrum[k]) }
            inner.inverse(&padded)
            for k in 0..<length { numbers[k] = Number(product(padded[k], chirp[k])) }
        }
    }

    /// Transforms a spectrum back to its numbers.
    func inverse(_ spectrum: inout [Number]) {
        for k in spectrum.indices { spectrum[k] = conjugate(spectrum[k]) }
        forward(&spectrum)
        let scale = Element(1 / Double(length))
        for k in spectrum.indices { spectrum[k] = conjugate(spectrum[k]) * scale }
    }

    /// One pass for each factor: `stride` transforms of `rest` numbers become `stride · factor` of `rest / factor`.
    private func run(_ factors: [Int], _ roots: [Number], _ numbers: inout [Number]) {
        var target = [Number](repeating: .zero, count: length)
        var (rest, stride) = (length, 1)
        for factor in factors {
            let count = rest / factor
            numbers.withUnsafeBufferPointer { source in
                target.withUnsafeMutableBufferPointer { result in
                    roots.withUnsafeBufferPointer { roots in
                        let pass = FourierPass(
                            factor: factor,
                            count: count,
                            stride: stride,
                            turn: length / factor,
                            numbers: source,
                            target: result,
                            roots: roots
                        )
                        pass.run()
                    }
                }
            }
            swap(&numbers, &target)
            (rest, stride) = (count, stride * factor)
        }
    }
}

/// One pass of a transform: butterflies of `factor` numbers that lie `stride · count` apart.
private struct FourierPass<Element: RealElement & SIMDScalar> {
    let factor: Int
    let count: Int
    let stride: Int
    /// How far apart the roots of a butterfly lie in the table.
    let turn: Int
    let numbers: UnsafeBufferPointer<SIMD2<Element>>
    let target: UnsafeMutableBufferPointer<SIMD2<Element>>
    let roots: UnsafeBufferPointer<SIMD2<Element>>

    func run() {
        let distance = stride * count
        var (sums, differences) = ([SIMD2<Element>](), [SIMD2<Element>]())
        for group in 0..<count {
            for place in 0..<stride {
                let first = place &+ stride &* group
                let result = place &+ stride &* factor &* group
                switch factor {
                case 2:
                    let (x, y) = (numbers[first], numbers[first &+ distance])
                    write(x + y, result, group, 0)
                    write(x - y, result, group, 1)
                case 4: four(first, distance, result, group)
                default:
                    sums.removeAll(keepingCapacity: true)
                    differences.removeAll(keepingCapacity: true)
                    for term in 1...(factor / 2) {
                        let x = numbers[first &+ distance &* term]
                        let y = numbers[first &+ distance &* (factor &- term)]
                        sums.append(x + y)
                        differences.append(x - y)
                    }
                    odd(numbers[first], sums, differences, result, group)
                }
            }
        }
    }

    /// Puts an output of a butterfly in its place, turned by its root.
    @inline(__always)
    private func write(_ value: SIMD2<Element>, _ result: Int, _ group: Int, _ output: Int) {
        let root = group &* output &* stride
        target[result &+ stride &* output] = root == 0 ? value : product(value, roots[root])
    }

    @inline(__always)
    private func four(_ first: Int, _ distance: Int, _ result: Int, _ group: Int) {
        let even = (numbers[first], numbers[first &+ 2 &* distance])
        let odd = (numbers[first &+ distance], numbers[first &+ 3 &* distance])
        let (evenSum, evenDifference) = (even.0 + even.1, even.0 - even.1)
        let (oddSum, oddDifference) = (odd.0 + odd.1, odd.0 - odd.1)
        let turned = SIMD2(oddDifference.y, -oddDifference.x)
        write(evenSum + oddSum, result, group, 0)
        write(evenDifference + turned, result, group, 1)
        write(evenSum - oddSum, result, group, 2)
        write(evenDifference - turned, result, group, 3)
    }

    /// A butterfly of an odd factor: outputs `k` and `factor - k` share their products.
    @inline(__always)
    private func odd(
        _ first: SIMD2<Element>,
        _ sums: [SIMD2<Element>],
        _ differences: [SIMD2<Element>],
        _ result: Int,
        _ group: Int
    ) {
        write(sums.reduce(first, +), result, group, 0)
        for output in 1...(factor / 2) {
            let firstRoot = roots[output &* turn]
            var even = first + sums[0] * firstRoot.x
            var odd = differences[0] * firstRoot.y
            var place = output
            for term in 1..<sums.count {
                place &+= output
                if place >= factor { place &-= factor }
                let root = roots[place &* turn]
                even += sums[term] * root.x
                odd += differences[term] * root.y
            }
            let turned = SIMD2(-odd.y, odd.x)
            write(even + turned, result, group, output)
            write(even - turned, result, group, factor &- output)
        }
    }
}

/// `e^(-2πik/n)`.
private func root(_ k: Int, of n: Int) -> SIMD2<Double> {
    let angle = -2 * Double.pi * Double(k) / Double(n)
    return SIMD2(cos(angle), sin(angle))
}

@inline(__always)
private func conjugate<Element: RealElement & SIMDScalar>(_ x: SIMD2<Element>) -> SIMD2<Element> { SIMD2(x.x, -x.y) }

@inline(__always)
private func product<Element: RealElement & SIMDScalar>(_ x: SIMD2<Element>, _ y: SIMD2<Element>) -> SIMD2<Element> {
    SIMD2(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x)
}

extension SIMD2 where Scalar: RealElement {
    /// The parts in another precision.
    fileprivate init<Other: RealElement & SIMDScalar>(_ other: SIMD2<Other>) {
        self.init(Scalar(other.x), Scalar(other.y))
    }
}

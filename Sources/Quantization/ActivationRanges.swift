import Tensors

/// How the elements of one activation lie: their range, and how many lie where in it.
struct ActivationRange {
    private static let binCount = 4096

    private(set) var low: Float = 0
    private(set) var high: Float = 0
    private var bins: [Int] = []

    /// Takes a tensor's elements into the range; `false` when there are some that are not finite.
    mutating func widen(by tensor: Tensor) throws(TensorError) -> Bool {
        try tensor.withElements(of: Float.self) { elements throws(TensorError) in
            var (least, greatest) = (low, high)
            var isFinite = true
            for element in elements {
                least = min(least, element)
                greatest = max(greatest, element)
                isFinite = isFinite && element.isFinite
            }
            guard isFinite else { return false }
            (low, high) = (least, greatest)
            return true
        }
    }

    /// Counts a tensor's elements; those outside of the range count at its ends.
    mutating func count(_ tensor: Tensor) throws(TensorError) {
        if bins.isEmpty { bins = [Int](repeating: 0, count: Self.binCount) }
        guard high > low else { return }
        let scale = Float(Self.binCount) / (high - low)
        guard scale.isFinite, scale > 0 else { return }
        let start = low
        let counts = try tensor.withElements(of: Float.self) { elements throws(TensorError) in
            var counts = [Int](repeating: 0, count: Self.binCount)
            for element in elements where element.isFinite {
                // A model with random values may leave its range.
                counts[Int(max(0, min(Float(Self.binCount - 1), (element - start) * scale)))] += 1
            }
            return counts
        }
        for (index, count) in counts.enumerated() { bins[index] += count }
    }

    /// Leaves out what lies beyond a percentile, as much on either side; never zero.
    mutating func clip(to percentile: Double) {
        let total = bins.reduce(0, +)
        let cut = Int(Double(total) * (100 - percentile) / 200)
        guard cut > 0 else { return }
        let width = (high - low) / Float(Self.binCount)
        func first(_ bins: some Sequence<Int>) -> Int {
            var passed = 0
            for (index, count) in bins.enumerated() {
                passed += count
                if passed > cut { return index }
            }
            return 0
        }
        let (below, above) = (first(bins), first(bins.reversed()))
        (low, high) = (min(0, low + Float(below) * width), max(0, high - Float(above) * width))
    }

    /// The scale and the zero point of `uint8` numbers for the range, as `DynamicQuantizeLinear` has them.
    var parameters: (scale: Float, zeroPoint: UInt8) {
        let scale = (high / 255) - (low / 255)
        guard scale >= Float.leastNormalMagnitude else { return (1, 0) }
        let zeroPoint = max(0, min(255, (-low / scale).rounded(.toNearestOrEven)))
        return (scale, UInt8(zeroPoint))
    }
}

import Tensors

/// The elements of a plane that a place between them is made of, with their weights: products of those along each axis.
struct SamplingTaps {
    private(set) var offsets: [Int] = []
    private(set) var weights: [Double] = []
    private var nextOffsets: [Int] = []
    private var nextWeights: [Double] = []

    /// Starts at the plane's only element, before any axis is known.
    mutating func start() {
        offsets = [0]
        weights = [1]
    }

    /// Goes on with an axis: elements from `first` on, as many as there are weights, each found by `index`, which gives
    /// `nil` for one that counts as zero.
    @inline(__always)
    mutating func cross(extent: Int, first: Int, _ axisWeights: [Double], index: (Int) -> Int?) {
        nextOffsets.removeAll(keepingCapacity: true)
        nextWeights.removeAll(keepingCapacity: true)
        for (offset, weight) in zip(offsets, weights) {
            for (step, axisWeight) in axisWeights.enumerated() {
                guard let index = index(first &+ step) else { continue }
                nextOffsets.append(offset &* extent &+ index)
                nextWeights.append(weight * axisWeight)
            }
        }
        swap(&offsets, &nextOffsets)
        swap(&weights, &nextWeights)
    }

    @inline(__always)
    func sum<Element: RealElement>(_ plane: UnsafePointer<Element>) -> Double {
        var sum = 0.0
        for index in offsets.indices { sum += weights[index] * Double(plane[offsets[index]]) }
        return sum
    }
}

import Glibc

/// The number of the bin of a value among bounds in ascending order.
package func bin(of value: Double, among edges: [Double]) -> Int {
    var low = 0
    var high = edges.count
    while low < high {
        let middle = (low + high) / 2
        if value <= edges[middle] { high = middle } else { low = middle + 1 }
    }
    return low
}

/// Bounds that part values into ten bins of as many values each, as far as there are so many different values.
package func decileEdges(_ values: [Double]) -> [Double] {
    let sorted = values.filter(\.isFinite).sorted()
    guard let last = sorted.last else { return [] }
    var edges: [Double] = []
    for part in 1..<10 {
        let edge = sorted[sorted.count * part / 10]
        if edges.last ?? -.infinity < edge, edge < last { edges.append(edge) }
    }
    return edges
}

/// How far counts in bins are from others in the same bins: the population stability index.
///
/// Below 0.1 it is taken for no change, above 0.25 for a large one. *Numerics*: a bin has at least a part of 0.0001.
///
/// *Returns*: `nil` where one has no values, or other bins.
package func populationStabilityIndex(_ counts: [Int], from reference: [Int]) -> Double? {
    let (sum, referenceSum) = (counts.reduce(0, &+), reference.reduce(0, &+))
    guard counts.count == reference.count, counts.count > 1, sum > 0, referenceSum > 0 else { return nil }
    return zip(counts, reference).reduce(0) { index, pair in
        let part = max(Double(pair.0) / Double(sum), 0.0001)
        let expected = max(Double(pair.1) / Double(referenceSum), 0.0001)
        return index + (part - expected) * log(part / expected)
    }
}

/// The first elements along an axis in the order of their size, and their places; of equal ones the first come first.
///
/// PERF: few elements are kept in order while the axis is gone through once, where sorting would move all of them.
struct TopKKernel: Kernel {
    /// So many elements are kept in order at most.
    static let greatestCount = 128

    let findsLargest: Bool
    let count: Int
    let outer: Int
    let axis: Int
    let inner: Int

    var label: String { "top-\(count) \(outer)×\(axis)×\(inner)" }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let values = call.output(0), let places = call.output(1, as: Int64.self) else {
            return
        }
        for row in 0..<outer {
            for column in 0..<inner {
                select(
                    x + (row &* axis &* inner &+ column),
                    values + (row &* count &* inner &+ column),
                    places + (row &* count &* inner &+ column)
                )
            }
        }
    }

    private func select(
        _ x: UnsafePointer<Float>,
        _ values: UnsafeMutablePointer<Float>,
        _ places: UnsafeMutablePointer<Int64>
    ) {
        var kept = 0
        for index in 0..<axis {
            let element = x[index &* inner]
            guard kept < count || comesFirst(element, values[(kept &- 1) &* inner]) else { continue }
            var place = min(kept, count &- 1)
            while place > 0, comesFirst(element, values[(place &- 1) &* inner]) {
                values[place &* inner] = values[(place &- 1) &* inner]
                places[place &* inner] = places[(place &- 1) &* inner]
                place &-= 1
            }
            values[place &* inner] = element
            places[place &* inner] = Int64(index)
            kept = min(count, kept &+ 1)
        }
    }

    /// NUMERICS: what is no number is the largest of all.
    private func comesFirst(_ x: Float, _ y: Float) -> Bool {
        findsLargest ? x > y || (x.isNaN && !y.isNaN) : x < y || (y.isNaN && !x.isNaN)
    }
}

/// The offsets of all indices of a shape, in row-major order, without a table of them.
struct StridedOffsets: RandomAccessCollection, Sendable {
    let base: Int
    let count: Int
    /// How many offsets follow one another by the same step.
    private var length = 1
    private var step = 0
    /// The axes around such a row, outermost first.
    private var outer: [(extent: Int, stride: Int)] = []

    /// The offsets of a shape whose number of elements fits an `Int`.
    init(_ extents: [Int], _ strides: [Int], base: Int = 0) {
        self.base = base
        count = extents.contains(0) ? 0 : extents.reduce(1, *)
        var axes: [(extent: Int, stride: Int)] = []
        for (extent, stride) in zip(extents, strides) where count > 0 && extent > 1 {
            if let last = axes.last, last.stride == stride &* extent {
                axes[axes.count - 1] = (last.extent * extent, stride)
            } else {
                axes.append((extent, stride))
            }
        }
        if let inner = axes.popLast() { (length, step) = inner }
        outer = axes
    }

    /// The same offsets from the last to the first.
    var backwards: StridedOffsets {
        guard count > 0 else { return self }
        let axes = outer + [(length, step)]
        return StridedOffsets(axes.map(\.extent), axes.map { 0 &- $0.stride }, base: self[count - 1])
    }

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(position: Int) -> Int {
        let (row, place) = position.quotientAndRemainder(dividingBy: length)
        return start(ofRow: row) &+ place &* step
    }

    @inline(__always)
    private func start(ofRow row: Int) -> Int {
        guard !outer.isEmpty else { return base }
        var offset = base
        var rest = row
        for axis in outer.reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: axis.extent)
            offset &+= index &* axis.stride
            rest = quotient
        }
        return offset
    }

    @inline(__always)
    func makeIterator() -> Iterator { Iterator(self) }

    /// Steps along a row, and to the next where it ends.
    struct Iterator: IteratorProtocol {
        private let offsets: StridedOffsets
        private var left: Int
        private var position: Int
        private var row = 0
        private var offset = 0

        @inline(__always)
        fileprivate init(_ offsets: StridedOffsets) {
            self.offsets = offsets
            left = offsets.count
            position = offsets.length
        }

        @inline(__always)
        mutating func next() -> Int? {
            guard left > 0 else { return nil }
            left &-= 1
            if position == offsets.length {
                offset = offsets.start(ofRow: row)
                row &+= 1
                position = 0
            } else {
                offset &+= offsets.step
            }
            position &+= 1
            return offset
        }
    }
}

import Tensors

/// Each output element comes from the input at the sum of one offset per axis; a negative offset skips the element.
///
/// Transposing, slicing, expanding, tiling, padding, flipping and gathering along axes are all of this kind.
struct AxisMap: ElementMovement {
    /// For each output axis, for each index of it, the offset in the input.
    var offsets: [AxisOffsets]

    /// Marks elements that come from nowhere.
    static let nowhere = -1

    /// The map that leaves a shape as it is; callers replace the axes that change.
    static func identity(_ shape: Shape) -> AxisMap {
        AxisMap(
            offsets: zip(shape.dimensions, shape.strides).map { .strided(start: 0, step: $1, count: $0) }
        )
    }

    /// This map with one axis replaced by indices into the input's axis.
    func selecting(_ indices: [Int], axis: Int, stride: Int) -> AxisMap {
        var copy = self
        copy.offsets[axis] = .listed(indices.map { $0 < 0 ? Self.nowhere : $0 &* stride })
        return copy
    }

    func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
        guard let inner = offsets.last else {
            target[0] = source[0]
            return
        }
        guard !offsets.contains(where: { $0.count == 0 }) else { return }
        let outer = offsets.dropLast()
        var index = [Int](repeating: 0, count: outer.count)
        let first = inner.contiguousStart
        var output = target
        while true {
            var base = 0
            var isSkipped = false
            for axis in outer.indices {
                let offset = outer[axis][index[axis]]
                isSkipped = isSkipped || offset < 0
                base &+= offset
            }
            if !isSkipped {
                if let first {
                    output.update(from: source + (base &+ first), count: inner.count)
                } else {
                    inner.move(from: source + base, to: output)
                }
            }
            output += inner.count
            var axis = outer.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < outer[axis].count { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}

/// For each index of an axis an offset in the input.
enum AxisOffsets: Sendable {
    case strided(start: Int, step: Int, count: Int)
    /// `step` from one index to the next, and again from 0 behind each `period`.
    case repeated(step: Int, period: Int, count: Int)
    case listed([Int])

    var count: Int {
        switch self {
        case .strided(_, _, let count), .repeated(_, _, let count): count
        case .listed(let offsets): offsets.count
        }
    }

    subscript(index: Int) -> Int {
        switch self {
        case .strided(let start, let step, _): start &+ index &* step
        case .repeated(let step, let period, _): index % period &* step
        case .listed(let offsets): offsets[index]
        }
    }

    /// The first offset, where each of the others follows the one before.
    fileprivate var contiguousStart: Int? {
        switch self {
        case .strided(let start, let step, let count): step == 1 || count == 1 ? start : nil
        case .repeated(let step, let period, let count): step == 1 && period >= count ? 0 : nil
        case .listed(let offsets):
            offsets[0] >= 0 && offsets.indices.allSatisfy { offsets[$0] == offsets[0] &+ $0 } ? offsets[0] : nil
        }
    }

    fileprivate func move<Element>(from source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>) {
        switch self {
        case .strided(let start, let step, let count):
            for index in 0..<count { target[index] = source[start &+ index &* step] }
        case .repeated(let step, let period, let count):
            for first in stride(from: 0, to: count, by: period) {
                for index in 0..<min(period, count - first) { target[first &+ index] = source[index &* step] }
            }
        case .listed(let offsets):
            for index in offsets.indices where offsets[index] >= 0 { target[index] = source[offsets[index]] }
        }
    }
}

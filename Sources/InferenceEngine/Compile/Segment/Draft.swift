import CKernels
import Diagnostics
import OnnxIR
import Tensors

/// The number of a value within a draft.
typealias DraftValue = Int

/// A segment while it is made: kernels in order, and the values between them.
struct Draft {
    /// Where the elements of a value come from.
    enum Origin: Sendable {
        /// An input of the segment, by its number.
        case input(Int)
        /// Memory that never changes: an initializer, or packed weights.
        case constant(MemoryRegion)
        /// A kernel of the segment.
        case computed
        /// Another value's elements under another shape.
        case view(DraftValue)
        /// A kernel of the segment, which writes it into its place within another value.
        case part(of: DraftValue, byteOffset: Int)
    }

    struct Content: Sendable {
        var origin: Origin
        let elementType: ElementType
        let shape: Shape
        let layout: Layout

        var byteCount: Int { elementType.byteCount(of: elementCount) ?? 0 }

        /// Elements in memory, those that fill the last block included.
        var elementCount: Int {
            guard layout != .plain, shape.rank >= 2 else { return shape.elementCount }
            let block = Layout.blockLength
            var dimensions = shape.dimensions
            dimensions[1] =
                layout == .blocked ? (dimensions[1] + block - 1) / block * block : ck_pixel_bytes(dimensions[1])
            return dimensions.reduce(1, *)
        }
    }

    struct Step: Sendable {
        let place: Place
        var kernel: any Kernel
        var inputs: [DraftValue]
        var outputs: [DraftValue]
    }

    var contents: [Content] = []
    var steps: [Step] = []
    /// What the segment hands on.
    var outputs: [DraftValue] = []

    mutating func newValue(
        _ origin: Origin,
        _ elementType: ElementType,
        _ shape: Shape,
        _ layout: Layout = .plain
    ) -> DraftValue {
        contents.append(Content(origin: origin, elementType: elementType, shape: shape, layout: layout))
        return contents.count - 1
    }

    /// The value whose memory a value lies in.
    func root(_ value: DraftValue) -> DraftValue { place(of: value).root }

    /// Where in which other value's memory a value lies.
    func place(of value: DraftValue) -> (root: DraftValue, byteOffset: Int) {
        var place = (root: value, byteOffset: 0)
        while true {
            switch contents[place.root].origin {
            case .view(let other): place.root = other
            case .part(let whole, let byteOffset): place = (whole, place.byteOffset + byteOffset)
            case .input, .constant, .computed: return place
            }
        }
    }

    /// Whether a value is a part of another one.
    func isPart(_ value: DraftValue) -> Bool {
        if case .part = contents[unviewed(value)].origin { return true }
        return false
    }

    /// The value whose elements a value has, under whichever shape.
    func unviewed(_ value: DraftValue) -> DraftValue {
        var value = value
        while case .view(let other) = contents[value].origin { value = other }
        return value
    }
}

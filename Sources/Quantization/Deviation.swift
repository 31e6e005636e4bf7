import OnnxIR
import Tensors

/// How far one value lies from another, over all runs.
package struct Deviation: Sendable, Equatable {
    private var elementCount = 0
    private var squares = 0.0
    private var referenceSquares = 0.0
    private var cosines = 0.0
    private var cosineCount = 0
    private var choices = 0
    private var choiceCount = 0
    /// The greatest `|value - reference|`.
    package private(set) var greatestDifference = 0.0

    /// The root of the mean square of the differences, over that of the reference; `nil` for what has no floats.
    ///
    /// Infinite where one is finite and the other is not.
    package var relativeError: Double? {
        guard elementCount > 0 else { return nil }
        return referenceSquares > 0 ? (squares / referenceSquares).squareRoot() : squares > 0 ? .infinity : 0
    }

    /// The mean cosine between rows; `nil` for what has none.
    package var cosine: Double? { cosineCount > 0 ? cosines / Double(cosineCount) : nil }

    /// The share of rows whose greatest element stands in the same place, or of integers and strings that are equal.
    package var agreement: Double? { choiceCount > 0 ? Double(choices) / Double(choiceCount) : nil }

    /// Takes in the values of one run; what is no tensor, or has another shape, counts as nothing alike.
    mutating func add(_ value: Value?, _ reference: Value?) throws(TensorError) {
        guard let own = value?.tensor, let other = reference?.tensor, own.shape == other.shape,
            own.elementType == other.elementType
        else {
            choiceCount += 1
            return
        }
        switch own.elementType {
        case .float: add(try own.elements(as: Float.self), try other.elements(as: Float.self), own.shape)
        case .float16: add(try own.elements(as: Float16.self), try other.elements(as: Float16.self), own.shape)
        case .bfloat16:
            let (left, right) = (try own.elements(as: BFloat16.self), try other.elements(as: BFloat16.self))
            add(left.map { Float($0) }, right.map { Float($0) }, own.shape)
        case .double: add(try own.elements(as: Double.self), try other.elements(as: Double.self), own.shape)
        case .string: count(own.strings ?? [], other.strings ?? [])
        default:
            guard let bytes = own.region?.bytes, let others = other.region?.bytes, own.shape.elementCount > 0 else {
                return
            }
            let size = max(1, bytes.count / own.shape.elementCount)
            for start in stride(from: 0, to: bytes.count, by: size) {
                let place = start..<min(bytes.count, start + size)
                choices += bytes[place].elementsEqual(others[place]) ? 1 : 0
                choiceCount += 1
            }
        }
    }

    private mutating func count(_ own: [String], _ other: [String]) {
        choices += zip(own, other).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
        choiceCount += own.count
    }

    private mutating func add<Number: BinaryFloatingPoint>(_ own: [Number], _ other: [Number], _ shape: Shape) {
        let rowLength = shape.rank >= 2 ? shape[shape.rank - 1] : shape.elementCount
        guard rowLength > 0 else { return }
        for start in stride(from: 0, to: own.count, by: rowLength) {
            let row = start..<start + rowLength
            add(own[row], other[row])
            guard shape.rank >= 2, rowLength > 1 else { continue }
            choices += own[row].firstIndexOfGreatest == other[row].firstIndexOfGreatest ? 1 : 0
            choiceCount += 1
        }
    }

    private mutating func add<Number: BinaryFloatingPoint>(_ own: ArraySlice<Number>, _ other: ArraySlice<Number>) {
        var (product, ownSquares, otherSquares, difference) = (0.0, 0.0, 0.0, 0.0)
        for (left, right) in zip(own, other) {
            let (left, right) = (Double(left), Double(right))
            elementCount += 1
            guard left.isFinite, right.isFinite else {
                let isSame = left == right || (left.isNaN && right.isNaN)
                if !isSame { (greatestDifference, difference) = (.infinity, .infinity) }
                continue
            }
            let distance = abs(left - right)
            greatestDifference = max(greatestDifference, distance)
            difference += distance * distance
            product += left * right
            ownSquares += left * left
            otherSquares += right * right
        }
        squares += difference
        referenceSquares += otherSquares
        guard own.count > 1, ownSquares > 0, otherSquares > 0 else { return }
        cosines += product / (ownSquares * otherSquares).squareRoot()
        cosineCount += 1
    }
}

extension ArraySlice where Element: Comparable {
    fileprivate var firstIndexOfGreatest: Int? { indices.max { self[$0] < self[$1] } }
}

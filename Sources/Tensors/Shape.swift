/// The dimensions of a tensor, none negative, with a product that fits an `Int`.
package struct Shape: Sendable, Hashable, CustomStringConvertible {
    /// The extent of each axis, outermost first; empty for a scalar.
    package let dimensions: [Int]
    /// The product of the dimensions; 1 for a scalar.
    package let elementCount: Int

    /// A shape from dimensions; `nil` when one is negative or their product overflows.
    package init?(_ dimensions: [Int]) {
        var count = 1
        var nonZeroProduct = 1
        for dimension in dimensions {
            guard dimension >= 0 else { return nil }
            count = count == 0 ? 0 : dimension == 0 ? 0 : count
            let (product, overflow) = nonZeroProduct.multipliedReportingOverflow(by: max(dimension, 1))
            guard !overflow else { return nil }
            nonZeroProduct = product
        }
        self.dimensions = dimensions
        elementCount = count == 0 ? 0 : nonZeroProduct
    }

    private init(unchecked dimensions: [Int], elementCount: Int) {
        self.dimensions = dimensions
        self.elementCount = elementCount
    }

    /// The shape of a scalar: no axis, one element.
    package static let scalar = Shape(unchecked: [], elementCount: 1)

    /// The shape of a vector of `count` elements.
    package static func vector(_ count: Int) -> Shape {
        Shape(unchecked: [count], elementCount: count)
    }

    /// The number of axes.
    package var rank: Int { dimensions.count }

    package subscript(axis: Int) -> Int { dimensions[axis] }

    /// Elements to step over from one index of an axis to the next, in row-major order.
    package var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in dimensions.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] &* dimensions[axis + 1]
        }
        return strides
    }

    package var description: String {
        "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
    }
}

extension Shape {
    /// The shape that two shapes broadcast to; `nil` when they do not.
    ///
    /// *Source*: ONNX, Broadcasting.md, multidirectional broadcasting.
    package func broadcast(with other: Shape) -> Shape? {
        let rank = max(self.rank, other.rank)
        var result: [Int] = []
        result.reserveCapacity(rank)
        for axis in 0..<rank {
            let left = axis < rank - self.rank ? 1 : self[axis - (rank - self.rank)]
            let right = axis < rank - other.rank ? 1 : other[axis - (rank - other.rank)]
            guard left == right || left == 1 || right == 1 else { return nil }
            result.append(left == 1 ? right : left)
        }
        return Shape(result)
    }
}

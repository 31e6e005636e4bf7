import Diagnostics
import ModelImport

/// Matrices that are larger than what a file holds of them.
enum FilledMatrix {
    /// The most elements: beyond, a small file would cost memory without bound.
    static let elementLimit = 1 << 27

    /// The product of extents, for a matrix that an error calls by `name`.
    ///
    /// *Throws*: `tooLarge` beyond the limit.
    static func elementCount(_ name: String, _ extents: Int...) throws(ModelImportError) -> Int {
        var count = 1
        for extent in extents {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            guard !overflows, product <= elementLimit else {
                let shape = extents.map { "\($0)" }.joined(separator: " × ")
                throw ModelImportError(
                    .tooLarge,
                    "\(name) would take \(shape) elements, expected at most \(elementLimit)"
                )
            }
            count = product
        }
        return count
    }

    /// For each place a row of zeros with a one there; a place outside of the row has none.
    static func indicators(_ name: String, _ places: [Int], width: Int) throws(ModelImportError) -> [Double] {
        var elements = [Double](repeating: 0, count: try elementCount(name, places.count, width))
        for (row, place) in places.enumerated() where (0..<width).contains(place) { elements[row * width + place] = 1 }
        return elements
    }

    /// A matrix with ones from one corner to the other.
    static func identity(_ name: String, _ count: Int) throws(ModelImportError) -> [Double] {
        try indicators(name, Array(0..<count), width: count)
    }

    /// The products of the rows of a matrix with one another: `count` rows and columns.
    static func gram(_ name: String, _ elements: [Double], rows count: Int) throws(ModelImportError) -> [Double] {
        var gram = [Double](repeating: 0, count: try elementCount(name, count, count))
        guard count > 0 else { return gram }
        let width = elements.count / count
        for first in 0..<count {
            for second in first..<count {
                var sum = 0.0
                for column in 0..<width { sum += elements[first * width + column] * elements[second * width + column] }
                gram[first * count + second] = sum
                gram[second * count + first] = sum
            }
        }
        return gram
    }
}

import Diagnostics
import Tensors

/// A `--shape` of the command line: the input, and the shape that its values are to have.
struct ShapeArgument {
    let input: String
    let shape: Shape

    /// Reads `NAME=1x3x224x224`; the name ends at the last equals sign.
    ///
    /// *Throws*: `shape` for a text of another form.
    init(_ text: String) throws(BenchError) {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex else { throw Self.malformed(text) }
        var dimensions: [Int] = []
        for part in text[text.index(after: equals)...].split(separator: "x", omittingEmptySubsequences: false) {
            guard let dimension = Int(part), part.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw Self.malformed(text)
            }
            dimensions.append(dimension)
        }
        guard let shape = Shape(dimensions) else {
            throw BenchError(.shape, "`--shape \(text)` has more elements than fit an `Int`")
        }
        input = String(text[..<equals])
        self.shape = shape
    }

    private static func malformed(_ text: String) -> BenchError {
        BenchError(.shape, "`--shape \(text)` is not a shape, expected one like `x=1x3x224x224`")
    }
}

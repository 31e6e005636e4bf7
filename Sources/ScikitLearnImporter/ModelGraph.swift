import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// The graph under construction, which the matrices in it share.
final class ModelGraph {
    var builder: GraphBuilder

    init(name: String, opsets: OpsetChoice) {
        builder = GraphBuilder(name: name, opsets: opsets)
    }

    /// Runs `body` with `scope/` before every name that it makes.
    func scoped<Result>(
        _ scope: String,
        _ body: () throws(ModelImportError) -> Result
    ) throws(ModelImportError) -> Result {
        builder.pushScope(scope)
        defer { builder.popScope() }
        return try body()
    }

    /// A constant matrix of one row, or of `rows` rows in row-major order.
    func constant(
        _ elements: [Double],
        rows: Int = 1,
        _ type: MatrixType = .double,
        name: String = "constant"
    ) throws(ModelImportError) -> Matrix {
        let columns = rows == 0 ? 0 : elements.count / rows
        let tensor = try type.tensor(elements, [rows, columns])
        return Matrix(
            graph: self,
            value: builder.constant(tensor, name: name),
            elementType: type,
            columnCount: columns
        )
    }

    /// A constant vector of whole numbers: axes, extents, indices.
    func integers(_ elements: [Int], name: String) throws(ModelImportError) -> String {
        let elements = elements.map { Int64($0) }
        return builder.constant(try importing { () throws(TensorError) in try Tensor(elements) }, name: name)
    }
}

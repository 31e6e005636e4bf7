import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// A matrix in a graph: samples along the first axis, features along the last.
///
/// A value with more axes in the middle, such as differences to every neighbour, is one too; `columnCount` is the
/// extent of its last axis.
struct Matrix {
    let graph: ModelGraph
    let value: String
    let elementType: MatrixType
    let columnCount: Int

    /// The result of an operator on this matrix and others.
    func apply(
        _ opType: String,
        domain: OperatorDomain = .onnx,
        _ others: [Matrix] = [],
        _ attributes: [Attribute] = [],
        type: MatrixType? = nil,
        columns: Int? = nil
    ) -> Matrix {
        let inputs = [value] + others.map(\.value)
        let value = graph.builder.node(opType, domain: domain, inputs, attributes)
        return Matrix(
            graph: graph,
            value: value,
            elementType: type ?? elementType,
            columnCount: columns ?? ([self] + others).map(\.columnCount).max() ?? columnCount
        )
    }

    /// The same value with another extent of its last axis.
    func node(_ opType: String, _ inputs: [String], _ attributes: [Attribute] = [], columns: Int) -> Matrix {
        let value = graph.builder.node(opType, [value] + inputs, attributes)
        return Matrix(graph: graph, value: value, elementType: elementType, columnCount: columns)
    }

    /// The matrix in another element type.
    func cast(to type: MatrixType) -> Matrix {
        guard type != elementType else { return self }
        return apply("Cast", [], [Attribute("to", .int(Int64(type.elementType.rawValue)))], type: type)
    }

    /// A constant row in this matrix's element type.
    func row(_ elements: [Double], _ name: String = "constant") throws(ModelImportError) -> Matrix {
        try graph.constant(elements, elementType, name: name)
    }

    /// A constant number in this matrix's element type.
    func number(_ element: Double) throws(ModelImportError) -> Matrix {
        let tensor = try elementType.tensor([element], [])
        let value = graph.builder.constant(tensor, name: "constant")
        return Matrix(graph: graph, value: value, elementType: elementType, columnCount: 1)
    }
}

// MARK: columns

extension Matrix {
    /// The columns at some places, in their order.
    func columns(_ indices: [Int]) throws(ModelImportError) -> Matrix {
        guard !indices.elementsEqual(0..<columnCount) else { return self }
        let places = try graph.integers(indices, name: "columns")
        return node("Gather", [places], [Attribute("axis", .int(1))], columns: indices.count)
    }

    /// One column, as a matrix.
    func column(_ index: Int) throws(ModelImportError) -> Matrix { try columns([index]) }

    /// The matrix with other dimensions: 0 keeps one, -1 is what is left.
    func reshaped(_ dimensions: [Int]) throws(ModelImportError) -> Matrix {
        let shape = try graph.integers(dimensions, name: "shape")
        let last = dimensions.last ?? 1
        return node("Reshape", [shape], columns: last > 0 ? last : columnCount)
    }

    /// The only column as a vector `[batch]`.
    func vector() throws(ModelImportError) -> Matrix { try reshaped([-1]) }

    /// The transpose of a matrix with two axes; `columns` is how many samples it has.
    func transposed(columns: Int) -> Matrix { node("Transpose", [], columns: columns) }

    /// Matrices side by side.
    static func concatenated(_ parts: [Matrix]) -> Matrix {
        guard parts.count > 1 else { return parts[0] }
        let columns = parts.map(\.columnCount).reduce(0, +)
        return parts[0].apply("Concat", Array(parts.dropFirst()), [Attribute("axis", .int(-1))], columns: columns)
    }

    /// A column for each sample with this value, whatever the features.
    func filled(with elements: [Double]) throws(ModelImportError) -> Matrix {
        // A shape that follows the batch: the first column times nothing would turn NaN into NaN.
        let batch = graph.builder.node("Shape", [value])
        let first = try graph.builder.node(
            "Slice",
            [batch, graph.integers([0], name: "start"), graph.integers([1], name: "end")]
        )
        let width = try graph.integers([elements.count], name: "width")
        let shape = graph.builder.node("Concat", [first, width], [Attribute("axis", .int(0))])
        let row = try graph.constant(elements, elementType == .string ? .double : elementType)
        return row.node("Expand", [shape], columns: elements.count)
    }
}

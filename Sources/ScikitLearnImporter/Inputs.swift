import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

extension ModelGraph {
    /// The inputs of a model: one matrix, one vector, or one column for each feature.
    ///
    /// *Shapes*: `X` is `[batch, features]`, `[batch]` for documents and labels, `[batch, labels]` for sets; a column, under the name of its
    /// feature, is `[batch, 1]`.
    func inputs(
        _ form: InputForm,
        names: [String]?,
        featureCount: Int?,
        numberType: MatrixType
    ) throws(ModelImportError) -> Table {
        switch form {
        case .numbers:
            guard let featureCount else {
                throw ModelImportError(.unsupported, "`n_features_in_` is missing, expected the number of features")
            }
            return Table(input("X", numberType, columns: featureCount))
        case .frame(let names, let types):
            return try frame(types, names: names, numberType: numberType)
        case .texts:
            let value = builder.input("X", .tensor(.string, ["batch", "texts"]))
            return Table(Matrix(graph: self, value: value, elementType: .string, columnCount: 1))
        case .vector(let type):
            let type = matrixType(type, numberType)
            let value = builder.input("X", .tensor(type.elementType, ["batch"]))
            let matrix = Matrix(graph: self, value: value, elementType: type, columnCount: 1)
            return try Table(matrix.reshaped([-1, 1]))
        case .sets(let type):
            let type = matrixType(type, numberType)
            let value = builder.input("X", .tensor(type.elementType, ["batch", "labels"]))
            return Table(Matrix(graph: self, value: value, elementType: type, columnCount: 1))
        case .columns(let types, let isFrame):
            if !isFrame, types.allSatisfy({ $0 != .string }) {
                return Table(input("X", numberType, columns: types.count))
            }
            if !isFrame, names == nil, types.allSatisfy({ $0 == .string || $0 == .unused }) {
                return Table(input("X", .string, columns: types.count))
            }
            return try frame(types, names: names, numberType: numberType)
        }
    }

    private func frame(
        _ types: [ColumnType],
        names: [String]?,
        numberType: MatrixType
    ) throws(ModelImportError) -> Table {
        let names = names ?? types.indices.map { "x\($0)" }
        guard names.count == types.count, Set(names).count == names.count, !names.contains("") else {
            throw ModelImportError(
                .unsupported,
                "the names of the \(types.count) columns are not supported, expected a different one for each"
            )
        }
        var parts: [Matrix] = []
        for (name, type) in zip(names, types) {
            // A column that nobody uses is no input, and nobody reads its place.
            parts.append(
                type == .unused
                    ? Matrix(graph: self, value: "", elementType: .float, columnCount: 1)
                    : input(name, matrixType(type, numberType), columns: 1)
            )
        }
        guard types.contains(where: { $0 != .unused }) else {
            throw ModelImportError(.unsupported, "a model that uses none of its columns is not supported")
        }
        return Table(parts)
    }

    private func matrixType(_ type: ColumnType, _ numberType: MatrixType) -> MatrixType {
        switch type {
        case .integer: .int64
        case .string: .string
        case .number, .unused: numberType
        }
    }

    private func input(_ name: String, _ type: MatrixType, columns: Int) -> Matrix {
        let value = builder.input(name, .tensor(type.elementType, ["batch", .fixed(columns)]))
        return Matrix(graph: self, value: value, elementType: type, columnCount: columns)
    }
}

import Diagnostics
import ModelImport

/// The input of an estimator: columns of one type, or matrices of several types side by side.
struct Table {
    var parts: [Matrix]
    /// Whether the only column is one number for each sample, and not a matrix with one feature.
    var isVector = false

    init(_ parts: [Matrix]) { self.parts = parts }
    init(_ matrix: Matrix, isVector: Bool = false) {
        parts = [matrix]
        self.isVector = isVector
    }

    var columnCount: Int { parts.map(\.columnCount).reduce(0, +) }
    var graph: ModelGraph { parts[0].graph }

    /// All columns as doubles, in which scikit-learn computes.
    func doubles() throws(ModelImportError) -> Matrix { try merged(as: .double) }

    /// All columns as floats, which trees compare.
    func floats() throws(ModelImportError) -> Matrix { try merged(as: .float) }

    /// All columns as text.
    func strings() throws(ModelImportError) -> Matrix { try merged(as: .string) }

    /// All columns in one matrix of a type.
    ///
    /// *Throws*: `unsupported` where text should be a number, or a number text.
    func merged(as type: MatrixType) throws(ModelImportError) -> Matrix {
        guard !parts.contains(where: \.value.isEmpty) else {
            throw ModelImportError(.unsupported, "a column that other estimators do not use is not supported here")
        }
        for part in parts where (part.elementType == .string) != (type == .string) {
            throw ModelImportError(
                .unsupported,
                "columns of type `\(part.elementType)` are not supported, expected `\(type)`"
            )
        }
        return Matrix.concatenated(parts.map { $0.cast(to: type) })
    }

    /// One column.
    func column(_ index: Int) throws(ModelImportError) -> Matrix {
        try columns([index]).parts[0]
    }

    /// The columns at some places, in their order.
    func columns(_ indices: [Int]) throws(ModelImportError) -> Table {
        if parts.count == 1 { return Table(try parts[0].columns(indices)) }
        var result: [Matrix] = []
        var pending: (part: Int, places: [Int])?
        func flush() throws(ModelImportError) {
            if let pending { result.append(try parts[pending.part].columns(pending.places)) }
        }
        for index in indices {
            let (part, place) = try locate(index)
            if pending?.part == part {
                pending?.places.append(place)
            } else {
                try flush()
                pending = (part, [place])
            }
        }
        try flush()
        return Table(result)
    }

    private func locate(_ index: Int) throws(ModelImportError) -> (part: Int, place: Int) {
        var place = index
        for (number, part) in parts.enumerated() {
            if (0..<part.columnCount).contains(place) { return (number, place) }
            place -= part.columnCount
        }
        throw ModelImportError(.malformed, "column \(index) is asked for, expected one of 0..<\(columnCount)")
    }
}

/// What an estimator expects of a column.
enum ColumnType: Hashable {
    /// No matter: the column is not used.
    case unused
    case number
    case integer
    case string

    /// What two users of the same column expect of it.
    func merged(with other: ColumnType) throws(ModelImportError) -> ColumnType {
        switch (self, other) {
        case (.unused, let type), (let type, .unused): return type
        case (let first, let second) where first == second: return first
        case (.string, _), (_, .string):
            throw ModelImportError(.unsupported, "a column that is used as text and as a number is not supported")
        default: return .number
        }
    }
}

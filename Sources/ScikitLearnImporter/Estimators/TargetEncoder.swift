import Diagnostics
import ModelFormats
import ModelImport

/// What the target is like for each category.
///
/// *Source*: scikit-learn 1.3 to 1.9, `categories_`, `encodings_`, `target_mean_`, `classes_`, `target_type_`.
struct TargetEncoder: Transformer {
    private let columns: [(categories: Categories, rows: [Double], width: Int)]

    static let entry = EstimatorEntry("sklearn.preprocessing.TargetEncoder") { object throws(ModelImportError) in
        .transformer(try TargetEncoder(object))
    }

    var inputForm: InputForm { .columns(columns.map(\.categories.columnType), isFrame: false) }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let mean = object.value["target_mean_"]?.double
        let means = try mean == nil ? object.doubles("target_mean_") : [mean ?? 0]
        let width = means.count
        let encodings = try object.arrays("encodings_")
        let categories = try object.list("categories_")
        guard encodings.count == categories.count * width else {
            throw ModelImportError(
                .malformed,
                "`encodings_` has \(encodings.count) elements, expected \(categories.count * width)"
            )
        }
        var columns: [(categories: Categories, rows: [Double], width: Int)] = []
        for (index, value) in categories.enumerated() {
            let categories = try Categories(value)
            var codes: [[Double]] = []
            for encoding in encodings[index * width..<(index + 1) * width] {
                codes.append(try importing { () throws(ModelFormatError) in try encoding.doubles() })
            }
            guard codes.allSatisfy({ $0.count == categories.count }) else {
                throw ModelImportError(
                    .malformed,
                    "an encoding has another length than its \(categories.count) categories"
                )
            }
            var rows: [Double] = []
            for category in 0..<categories.count { rows += codes.map { $0[category] } }
            columns.append((categories, rows + means, width))
        }
        self.columns = columns
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        var parts: [Matrix] = []
        for (index, column) in columns.enumerated() {
            let x = try input.column(index)
            parts.append(try column.categories.lookUp(x, rows: column.rows, width: column.width))
        }
        return Table(Matrix.concatenated(parts))
    }
}

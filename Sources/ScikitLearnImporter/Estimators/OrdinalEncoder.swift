import ModelFormats
import ModelImport

/// The place of each category as a number.
///
/// *Source*: scikit-learn 0.24 to 1.9, `categories_`, `handle_unknown`, `unknown_value` (0.24), `encoded_missing_value`
/// (1.1), `_default_to_infrequent_mappings` (1.3). Where an unknown category is an error, it becomes NaN.
struct OrdinalEncoder: Transformer {
    private let columns: [(categories: Categories, codes: [Double])]

    static let entry = EstimatorEntry("sklearn.preprocessing.OrdinalEncoder") { object throws(ModelImportError) in
        .transformer(try OrdinalEncoder(object))
    }

    var inputForm: InputForm { .columns(columns.map(\.categories.columnType), isFrame: false) }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let unknown = object.value["unknown_value"]?.double ?? .nan
        let missing = object.value["encoded_missing_value"]?.double ?? .nan
        let mappings = object.flag("_infrequent_enabled") ? try object.list("_default_to_infrequent_mappings") : []
        var columns: [(categories: Categories, codes: [Double])] = []
        for (index, value) in try object.list("categories_").enumerated() {
            let categories = try Categories(value)
            var codes = (0..<categories.count).map { Double($0) }
            if index < mappings.count, !mappings[index].isNone {
                let mapping = try importing { () throws(ModelFormatError) in
                    try mappings[index].numPyArray()?.doubles()
                }
                if let mapping, mapping.count == codes.count { codes = mapping }
            }
            if let place = categories.missingIndex, object.treatsMissing(categories) { codes[place] = missing }
            columns.append((categories, codes + [unknown]))
        }
        self.columns = columns
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        var parts: [Matrix] = []
        for (index, column) in columns.enumerated() {
            parts.append(try column.categories.lookUp(try input.column(index), rows: column.codes, width: 1))
        }
        return Table(Matrix.concatenated(parts))
    }
}

extension EstimatorObject {
    /// Whether missing values of a column have a code of their own: `None` in text has not, NaN has.
    fileprivate func treatsMissing(_ categories: Categories) -> Bool {
        guard case .strings = categories.values else { return true }
        guard let entries = value["_missing_indices"]?.entries else { return true }
        return !entries.isEmpty
    }
}

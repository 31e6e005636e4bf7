import ModelImport

/// The places of labels.
///
/// *Source*: scikit-learn 0.24 to 1.9, `classes_`. Unknown labels, an error there, become -1.
struct LabelEncoder: Transformer {
    let categories: Categories

    static let entry = EstimatorEntry("sklearn.preprocessing.LabelEncoder") { object throws(ModelImportError) in
        .transformer(LabelEncoder(categories: Categories(try object.classes())))
    }

    var inputForm: InputForm { .vector(categories.columnType) }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        Table(try categories.indices(of: try input.column(0)), isVector: true)
    }
}

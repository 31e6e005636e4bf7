import ModelImport

/// Sets of labels as indicators.
///
/// The input holds the labels of a sample in any order; what is no class fills the rest of a row.
///
/// *Source*: scikit-learn 0.24 to 1.9, `classes_`.
struct MultiLabelBinarizer: Transformer {
    let categories: Categories

    static let entry = EstimatorEntry("sklearn.preprocessing.MultiLabelBinarizer") { object throws(ModelImportError) in
        .transformer(MultiLabelBinarizer(categories: try Categories(object.classes())))
    }

    var inputForm: InputForm { .sets(categories.columnType) }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        let labels = input.parts[0]
        let places: Matrix
        let classes: [Double]
        switch categories.values {
        case .strings:
            places = try categories.indices(of: labels)
            classes = (0..<categories.count).map { Double($0) }
        case .numbers(let numbers, _):
            places = labels
            classes = numbers
        }
        let axis = try labels.graph.integers([2], name: "axis")
        let isClass = try places.node("Unsqueeze", [axis], columns: 1).equal(to: places.row(classes, "classes"))
        let counts = try isClass.cast(to: .int64).sum(keepsAxis: false)
        return Table(try counts.withColumns(categories.count).greater(than: 0).cast(to: .int64))
    }
}

import ModelFormats
import ModelImport

/// Labels as indicators; two classes as one column.
///
/// *Source*: scikit-learn 0.24 to 1.9, `classes_`, `neg_label`, `pos_label`, `y_type_`.
struct LabelBinarizer: Transformer {
    let categories: Categories
    let negative: Double
    let positive: Double

    static let entry = EstimatorEntry("sklearn.preprocessing.LabelBinarizer") { object throws(ModelImportError) in
        .transformer(try LabelBinarizer(object))
    }

    var inputForm: InputForm { .vector(categories.columnType) }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        try object.refuse(
            object.value["y_type_"]?.string?.hasPrefix("multilabel") == true,
            "a binarizer of several labels for a sample"
        )
        categories = try Categories(object.classes())
        negative = try Double(object.int("neg_label"))
        positive = try Double(object.int("pos_label"))
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        let count = categories.count
        let rows: [Double]
        let width: Int
        switch count {
        case 1: (rows, width) = ([negative, negative], 1)
        case 2: (rows, width) = ([negative, positive, negative], 1)
        default:
            rows = try FilledMatrix.indicators("the table of classes", Array(0...count), width: count)
                .map { $0 == 1 ? positive : negative }
            width = count
        }
        return Table(try categories.lookUp(try input.column(0), rows: rows, width: width))
    }
}

import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// A constant for what is missing in each column.
///
/// *Source*: scikit-learn 0.24 to 1.9, `statistics_`, `missing_values`, `indicator_`, `keep_empty_features` (1.2).
struct SimpleImputer: Transformer {
    enum Statistics {
        case numbers([Double])
        case strings([String])
    }

    let statistics: Statistics
    let missing: MissingValue
    let keepsEmpty: Bool
    let indicator: MissingIndicator?

    static let entry = EstimatorEntry("sklearn.impute.SimpleImputer") { object throws(ModelImportError) in
        .transformer(try SimpleImputer(object))
    }

    var inputForm: InputForm {
        switch statistics {
        case .numbers: .numbers
        case .strings(let strings):
            .columns([ColumnType](repeating: .string, count: strings.count), isFrame: false)
        }
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        missing = try MissingValue(object)
        keepsEmpty = object.flag("keep_empty_features")
        indicator = try MissingIndicator(of: object)
        guard let value = object.value["statistics_"] else {
            throw ModelImportError(.malformed, "`statistics_` is missing, expected an array")
        }
        let objects = try importing { () throws(ModelFormatError) in try value.objects()?.elements }
        guard let objects else {
            statistics = try .numbers(object.doubles("statistics_"))
            return
        }
        let strings = objects.compactMap(\.string)
        if strings.count == objects.count {
            statistics = .strings(strings)
        } else {
            let numbers = objects.compactMap { $0.isNone ? Double.nan : $0.double }
            guard numbers.count == objects.count else {
                throw ModelImportError(.unsupported, "statistics of text and numbers in one imputer are not supported")
            }
            statistics = .numbers(numbers)
        }
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        switch statistics {
        case .numbers(let numbers):
            let x = try input.doubles()
            let isMissing = try missing.mask(of: x)
            let kept = numbers.indices.filter { keepsEmpty || !numbers[$0].isNaN }
            guard !kept.isEmpty else {
                throw ModelImportError(.unsupported, "an imputer that keeps no column is not supported")
            }
            let filled = try isMissing.choose(x.row(numbers, "statistics"), x)
            return Table(try indicated(try filled.columns(kept), isMissing))
        case .strings(let strings):
            guard indicator == nil else {
                throw ModelImportError(.unsupported, "`add_indicator=True` for text is not supported")
            }
            return try fill(input, with: strings)
        }
    }

    /// The columns with those of the indicator behind them.
    private func indicated(_ columns: Matrix, _ isMissing: Matrix) throws(ModelImportError) -> Matrix {
        guard let indicator else { return columns }
        return try .concatenated([columns] + indicator.parts(isMissing))
    }

    private func fill(_ input: Table, with strings: [String]) throws(ModelImportError) -> Table {
        let x = try input.strings()
        let isMissing = x.apply(
            "LabelEncoder",
            domain: .onnxML,
            [],
            [
                Attribute("keys_strings", .strings([missing.text])),
                Attribute("values_int64s", .ints([1])),
                Attribute("default_int64", .int(0)),
            ],
            type: .int64
        )
        let tensor = try importing { () throws(TensorError) in
            try Tensor(strings: strings, shape: .vector(strings.count))
        }
        let value = x.graph.builder.constant(tensor, name: "statistics")
        let row = Matrix(graph: x.graph, value: value, elementType: .string, columnCount: strings.count)
        return Table(isMissing.cast(to: .bool).choose(row, x))
    }
}

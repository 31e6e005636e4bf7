import Diagnostics
import ModelFormats
import ModelImport
import OnnxIR

/// The values of dictionaries side by side: a column for each name of a number, and for each text of another name.
///
/// In a graph, each name is an input of its own: 0 or the empty string where a dictionary has not got it.
///
/// *Source*: scikit-learn 0.24 to 1.9, `vocabulary_`, `separator`.
struct DictVectorizer: Transformer {
    private enum Content {
        /// The column of the numbers.
        case number(Int)
        /// The texts with the column of each.
        case texts([(text: String, column: Int)])
    }

    private let contents: [Content]
    private let columnCount: Int
    let inputForm: InputForm

    static let entry = EstimatorEntry("sklearn.feature_extraction.DictVectorizer") { object throws(ModelImportError) in
        .transformer(try DictVectorizer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let separator = try object.string("separator")
        let features = try Vocabulary(object).terms
        var names: [String] = []
        var contents: [String: Content] = [:]
        for (column, feature) in features.enumerated() {
            let parts = Self.parts(of: feature, separator)
            guard parts.count <= 2, parts.last != "" else {
                throw ModelImportError(
                    .unsupported,
                    "feature `\(feature)` is not supported, expected a name, or a name, one `\(separator)` and a text"
                )
            }
            switch (contents[parts[0]], parts.count) {
            case (nil, 1): contents[parts[0]] = .number(column)
            case (nil, _): contents[parts[0]] = .texts([(parts[1], column)])
            case (.texts(let texts), 2): contents[parts[0]] = .texts(texts + [(parts[1], column)])
            default:
                throw ModelImportError(.unsupported, "numbers and texts of one name, `\(parts[0])`, are not supported")
            }
            if !names.contains(parts[0]) { names.append(parts[0]) }
        }
        self.contents = names.compactMap { contents[$0] }
        columnCount = features.count
        let types = self.contents.map { content -> ColumnType in
            if case .number = content { .number } else { .string }
        }
        inputForm = .frame(names: names, types)
    }

    private static func parts(of feature: String, _ separator: String) -> [String] {
        separator.isEmpty
            ? [feature] : feature.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        guard input.parts.count == contents.count else {
            throw ModelImportError(.unsupported, "dictionaries behind another transformer are not supported")
        }
        var parts: [Matrix] = []
        var columns: [Int] = []
        for (part, content) in zip(input.parts, contents) {
            switch content {
            case .number(let column):
                parts.append(try Table(part).doubles())
                columns.append(column)
            case .texts(let texts):
                let place = try Categories(.strings(texts.map(\.text))).indices(of: part)
                let places = try place.row(texts.indices.map { Double($0) }, "places")
                parts.append(place.equal(to: places).cast(to: .double))
                columns += texts.map(\.column)
            }
        }
        var order = [Int](repeating: 0, count: columnCount)
        for (place, column) in columns.enumerated() { order[column] = place }
        return Table(try Matrix.concatenated(parts).columns(order))
    }
}

import Diagnostics
import ModelFormats
import ModelImport

/// A column for each category.
///
/// *Source*: scikit-learn 0.24 to 1.9, `categories_`, `drop_idx_`, `handle_unknown`; infrequent categories since 1.1:
/// `_infrequent_enabled`, `_default_to_infrequent_mappings`, `_drop_idx_after_grouping` (1.2). Where an unknown category
/// is an error, its columns are zero.
struct OneHotEncoder: Transformer {
    private struct Column {
        var categories: Categories
        /// The place of each category among the columns of its feature; -1 for none.
        var places: [Int]
        /// That of categories which the encoder does not know.
        var unknownPlace: Int
        var width: Int

        func indicators(_ x: Matrix) throws(ModelImportError) -> Matrix {
            let indices = try categories.indices(of: x)
            guard unknownPlace != -1 || !places.elementsEqual(0..<width) else { return try indices.indicators(width) }
            let table = ([unknownPlace] + places).map { Double($0) }
            return try (indices + 1).rows(of: table, width: 1).indicators(width)
        }
    }

    private let columns: [Column]

    static let entry = EstimatorEntry("sklearn.preprocessing.OneHotEncoder") { object throws(ModelImportError) in
        .transformer(try OneHotEncoder(object))
    }

    var inputForm: InputForm { .columns(columns.map(\.categories.columnType), isFrame: false) }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let groupsInfrequent = object.flag("_infrequent_enabled")
        let unknownIsInfrequent = ["infrequent_if_exist", "warn"].contains(object.value["handle_unknown"]?.string)
        let isGrouped = groupsInfrequent && object.value["_drop_idx_after_grouping"] != nil
        let dropped = try object.dropped(isGrouped ? "_drop_idx_after_grouping" : "drop_idx_")
        let mappings = groupsInfrequent ? try object.list("_default_to_infrequent_mappings") : []
        var columns: [Column] = []
        for (index, value) in try object.list("categories_").enumerated() {
            let categories = try Categories(value)
            let mapping = index < mappings.count && !mappings[index].isNone ? mappings[index] : nil
            let groups = try Self.groups(of: categories, mapping: mapping)
            let groupCount = (groups.max() ?? -1) + 1
            var kept = Array(0..<groupCount)
            if index < dropped.count, let dropped = dropped[index] { kept.removeAll { $0 == dropped } }
            let unknown = unknownIsInfrequent && mapping != nil ? groupCount - 1 : -1
            let places = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
            columns.append(
                Column(
                    categories: categories,
                    places: groups.map { places[$0] ?? -1 },
                    unknownPlace: places[unknown] ?? -1,
                    width: kept.count
                )
            )
        }
        self.columns = columns
    }

    /// The column that each category has among those of its feature.
    private static func groups(of categories: Categories, mapping: PickleValue?) throws(ModelImportError) -> [Int] {
        guard let mapping else { return Array(0..<categories.count) }
        let groups = try importing { () throws(ModelFormatError) in try mapping.numPyArray()?.integers() } ?? []
        guard groups.count == categories.count, groups.allSatisfy({ (0..<categories.count).contains($0) }) else {
            throw ModelImportError(
                .malformed,
                "a mapping of infrequent categories has \(groups.count) elements, expected \(categories.count)"
            )
        }
        return groups
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        var parts: [Matrix] = []
        for (index, column) in columns.enumerated() where column.width > 0 {
            let x = try input.column(index)
            parts.append(try column.indicators(x))
        }
        guard !parts.isEmpty else {
            throw ModelImportError(.unsupported, "an encoder that gives no column is not supported")
        }
        return Table(Matrix.concatenated(parts))
    }
}

extension EstimatorObject {
    /// For each feature the category that is dropped.
    fileprivate func dropped(_ name: String) throws(ModelImportError) -> [Int?] {
        guard let value = value[name], !value.isNone else { return [] }
        return try importing { () throws(ModelFormatError) in
            if let objects = try value.objects()?.elements { return objects.map(\.int) }
            return try value.numPyArray()?.integers() ?? []
        }
    }
}

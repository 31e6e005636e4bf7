import Diagnostics
import ModelFormats
import ModelImport

extension Model {
    /// Whether bytes are of the binary form.
    static func isBinary(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "CBM1".utf8) }

    /// Reads the binary form: a magic number, a size, a FlatBuffer of that size, and the counts of statistics.
    ///
    /// *Source*: CatBoost 1.0 to 1.2, `model.fbs` and `features.fbs`: `TModelCore`, `TModelTrees` and what they hold.
    init(binary bytes: [UInt8]) throws(ModelImportError) {
        guard bytes.count >= 8 else {
            throw ModelImportError(.malformed, "the data ends too soon, expected 8 bytes, got \(bytes.count)")
        }
        let size = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard size <= bytes.count - 8 else {
            throw ModelImportError(
                .malformed,
                "the data ends too soon, expected \(size) bytes of a model, got \(bytes.count - 8)"
            )
        }
        let tables = try importing { () throws(ModelFormatError) in
            try BinaryTables(FlatBuffer(Array(bytes[8..<8 + size])).root())
        }
        information = try Information(tables.information)
        dimension = tables.dimension
        scale = tables.scale
        biases = tables.biases
        floatFeatures = tables.floatFeatures
        categoricalFeatures = tables.categoricalFeatures
        trees = []
        guard tables.estimatedFeatureCount == 0 else {
            throw ModelImportError(
                .unsupported,
                "text and embedding features are not supported, expected numbers and categories"
            )
        }
        statistics = try importing { () throws(ModelFormatError) in
            try BinaryStatistics(parts: tables.parts, bytes: bytes[(8 + size)...]).statistics(tables.statistics)
        }
        for (feature, values) in tables.comparedCategories {
            guard categoricalFeatures.indices.contains(feature) else {
                throw ModelImportError(
                    .malformed,
                    "categories are of feature \(feature), expected one of 0..<\(categoricalFeatures.count)"
                )
            }
            categoricalFeatures[feature].values = values
        }
        try validate()
        trees = try BinaryTrees(tables, binaryFeatures: binaryFeatures).trees()
    }
}

import Diagnostics
import ModelFormats
import ModelImport

/// What the tables of the binary form hold, field by field.
struct BinaryTables {
    let information: [String: DocumentValue]
    let dimension: Int
    let scale: Double
    let biases: [Double]
    let floatFeatures: [Model.FloatFeature]
    let categoricalFeatures: [Model.CategoricalFeature]
    /// Categories that splits compare with, by the index of the feature, in the order of binary features.
    let comparedCategories: [(feature: Int, values: [CategoryHash])]
    /// The tables `TCtrFeature`.
    let statistics: [FlatBufferTable]
    /// The names of what follows the tables.
    let parts: [String]
    let estimatedFeatureCount: Int
    /// The binary features of all trees, one tree after the other.
    let splits: [Int]
    let sizes: [Int]
    let starts: [Int]
    let leafValues: [Double]
    /// For each node of trees of any shape, how far ahead its children stand; 0 where there is none.
    let steps: [(left: Int, right: Int)]
    /// For each node, where the values begin that a sample gets which stops there.
    let leaves: [Int]

    init(_ core: FlatBufferTable) throws(ModelFormatError) {
        var information: [String: DocumentValue] = [:]
        for entry in try core.tables(2) {
            guard let key = try entry.string(0), let value = try entry.string(1) else { continue }
            information[key] = .string(value)
        }
        guard let trees = try core.table(1) else {
            throw ModelFormatError(.malformed, "the model has no table of trees")
        }
        self.information = information
        dimension = Int(try trees.integer(0, fallback: Int32(0)))
        splits = try trees.integers(1, of: Int32.self).map { Int($0) }
        sizes = try trees.integers(2, of: Int32.self).map { Int($0) }
        starts = try trees.integers(3, of: Int32.self).map { Int($0) }
        categoricalFeatures = try Self.categoricalFeatures(trees)
        floatFeatures = try Self.floatFeatures(trees)
        var compared: [(feature: Int, values: [CategoryHash])] = []
        for feature in try trees.tables(6) {
            let index = Int(try feature.integer(0, fallback: Int32(-1)))
            compared.append((index, try feature.integers(1, of: UInt32.self)))
        }
        comparedCategories = compared
        statistics = try trees.tables(7)
        parts = try core.strings(3)
        leafValues = try trees.doubles(8)
        steps = try trees.integers(10, of: UInt32.self).map { (Int($0 & 0xFFFF), Int($0 >> 16)) }
        leaves = try trees.integers(11, of: UInt32.self).map { Int($0) }
        estimatedFeatureCount = try trees.tables(13).count
        scale = try trees.double(14, fallback: 1)
        let biases = try trees.doubles(16)
        let bias = try trees.double(15, fallback: 0)
        self.biases = biases.isEmpty ? [Double](repeating: bias, count: max(0, min(dimension, 1 << 20))) : biases
    }

    private static func floatFeatures(_ trees: FlatBufferTable) throws(ModelFormatError) -> [Model.FloatFeature] {
        var features: [Model.FloatFeature] = []
        for feature in try trees.tables(5) {
            let treatment = try feature.integer(5, fallback: Int8(0))
            guard (0...2).contains(treatment) else {
                throw ModelFormatError(.malformed, "a feature treats NaN in way \(treatment), expected 0 to 2")
            }
            features.append(
                Model.FloatFeature(
                    column: Int(try feature.integer(2, fallback: Int32(-1))),
                    name: try feature.string(4) ?? "",
                    borders: try feature.floats(3),
                    missingIsGreatest: treatment == 2
                )
            )
        }
        return features
    }

    private static func categoricalFeatures(
        _ trees: FlatBufferTable
    ) throws(ModelFormatError) -> [Model.CategoricalFeature] {
        var features: [Model.CategoricalFeature] = []
        for feature in try trees.tables(4) {
            features.append(
                Model.CategoricalFeature(
                    column: Int(try feature.integer(1, fallback: Int32(-1))),
                    name: try feature.string(2) ?? ""
                )
            )
        }
        return features
    }
}

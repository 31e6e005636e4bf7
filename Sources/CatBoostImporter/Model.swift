import Diagnostics
import ModelImport
import OnnxBuilder

/// A saved model, whichever format it was saved in.
///
/// *Source*: CatBoost 1.0 to 1.2, `TModelTrees` and `TFullModel`.
struct Model {
    struct FloatFeature {
        var column: Int
        var name: String
        /// Borders in the order of their binary features.
        var borders: [Float]
        /// Whether NaN counts as above every border, and not as below.
        var missingIsGreatest: Bool
    }

    struct CategoricalFeature {
        var column: Int
        var name: String
        /// The categories that splits compare with, in the order of their binary features.
        var values: [CategoryHash] = []
    }

    /// A condition on a sample; where it holds, the sample goes right.
    enum Split: Hashable {
        /// A float feature is above a border.
        case isAbove(feature: Int, border: Float)
        /// A categorical feature has a category.
        case isCategory(feature: Int, CategoryHash)
        /// A statistic of categories is above a border.
        case statisticIsAbove(statistic: Int, border: Float)
    }

    var floatFeatures: [FloatFeature]
    var categoricalFeatures: [CategoricalFeature]
    var statistics: [Statistic] = []
    /// The text of categories by their hash, where the file has it.
    var categories: [CategoryHash: String] = [:]
    var trees: [Tree]
    /// Raw scores for a sample.
    var dimension: Int
    var scale: Double
    var biases: [Double]
    var information: Information

    /// How many columns a sample has.
    var columnCount: Int { ((floatFeatures.map(\.column) + categoricalFeatures.map(\.column)).max() ?? 0) + 1 }

    /// The names of the columns; `nil` where they have none, or only their places.
    var columnNames: [String]? {
        var names = [String](repeating: "", count: columnCount)
        for feature in floatFeatures { names[feature.column] = feature.name }
        for feature in categoricalFeatures { names[feature.column] = feature.name }
        let areGiven = names.enumerated().contains { !$0.element.isEmpty && $0.element != "\($0.offset)" }
        return areGiven ? names : nil
    }

    /// What each binary feature asks, in the order of the format.
    var binaryFeatures: [Split] {
        floatFeatures.enumerated().flatMap { index, feature in
            feature.borders.map { Split.isAbove(feature: index, border: $0) }
        }
            + categoricalFeatures.enumerated().flatMap { index, feature in
                feature.values.map { Split.isCategory(feature: index, $0) }
            }
            + statistics.enumerated().flatMap { index, statistic in
                statistic.borders.map { Split.statisticIsAbove(statistic: index, border: $0) }
            }
    }

    /// Refuses what trees could not refer to.
    func validate() throws(ModelImportError) {
        for column in floatFeatures.map(\.column) + categoricalFeatures.map(\.column)
        where !(0..<1 << 24).contains(column) {
            throw ModelImportError(.malformed, "a feature has column \(column), expected one of 0..<\(1 << 24)")
        }
        guard dimension > 0 else {
            throw ModelImportError(.malformed, "a sample has \(dimension) raw scores, expected at least 1")
        }
        guard biases.count == dimension, scale.isFinite, biases.allSatisfy(\.isFinite) else {
            throw ModelImportError(
                .malformed,
                "the bias has \(biases.count) numbers, expected \(dimension), and with the scale finite ones"
            )
        }
        let borders = floatFeatures.map(\.borders).joined()
        guard !borders.contains(where: \.isNaN), !statistics.map(\.borders).joined().contains(where: \.isNaN) else {
            throw ModelImportError(.malformed, "a border is NaN, expected a number")
        }
        for projection in Set(statistics.map(\.projection)) {
            guard projection.categoricalFeatures.allSatisfy({ categoricalFeatures.indices.contains($0) }),
                projection.questions.allSatisfy(canAnswer)
            else {
                throw ModelImportError(.malformed, "a statistic is of features that the model does not have")
            }
        }
    }

    private func canAnswer(_ question: Split) -> Bool {
        switch question {
        case .isAbove(let feature, let border): floatFeatures.indices.contains(feature) && !border.isNaN
        case .isCategory(let feature, _): categoricalFeatures.indices.contains(feature)
        case .statisticIsAbove: false
        }
    }
}

/// The 32 bits by which CatBoost knows a category.
typealias CategoryHash = UInt32

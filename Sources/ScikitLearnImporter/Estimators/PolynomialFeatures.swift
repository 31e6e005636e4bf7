import Diagnostics
import ModelFormats
import ModelImport

/// Products of features up to a degree.
///
/// *Source*: scikit-learn 0.24 to 1.9, `degree` (a pair since 0.24), `interaction_only`, `include_bias`.
struct PolynomialFeatures: MatrixTransformer {
    /// For each degree from 1, how each product comes from one of the degree below and a feature.
    private let steps: [(prefixes: [Int], features: [Int])]
    private let degrees: ClosedRange<Int>
    private let includesBias: Bool

    /// More products are taken for a mistake.
    static let productLimit = 1 << 16

    static let entry = EstimatorEntry("sklearn.preprocessing.PolynomialFeatures") { object throws(ModelImportError) in
        .transformer(try PolynomialFeatures(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let known = try object.featureCount()
        let featureCount = try max(0, known == nil ? object.int("n_input_features_") : known ?? 0)
        let degree = object.value["degree"]
        let pair = degree?.elements?.compactMap(\.int) ?? [0, degree?.int ?? -1]
        guard pair.count == 2, pair[0] >= 0, pair[0] <= pair[1], pair[1] <= 64 else {
            throw ModelImportError(.malformed, "`degree` is \(pair), expected one or two numbers from 0 to 64")
        }
        degrees = pair[0]...pair[1]
        includesBias = object.flag("include_bias", fallback: true)
        let isInteraction = object.flag("interaction_only")
        var steps: [(prefixes: [Int], features: [Int])] = []
        var last = [Int](repeating: -1, count: 1)
        for degree in 0..<max(0, pair[1]) {
            var step: (prefixes: [Int], features: [Int]) = ([], [])
            for (index, previous) in last.enumerated() {
                let first = degree == 0 ? 0 : isInteraction ? previous + 1 : previous
                guard featureCount - first <= Self.productLimit - step.features.count else {
                    throw ModelImportError(
                        .tooLarge,
                        "there are too many products of degree \(degree + 1), expected at most \(Self.productLimit)"
                    )
                }
                for feature in first..<max(first, featureCount) {
                    step.prefixes.append(index)
                    step.features.append(feature)
                }
            }
            steps.append(step)
            last = step.features
        }
        self.steps = steps
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var parts: [Matrix] = []
        if includesBias { parts.append(try x.filled(with: [1])) }
        var products = x
        for (index, step) in steps.enumerated() where !step.features.isEmpty {
            if index > 0 {
                products = try products.columns(step.prefixes) * x.columns(step.features)
            }
            if degrees.contains(index + 1) { parts.append(products) }
        }
        guard !parts.isEmpty else { throw ModelImportError(.unsupported, "no product at all is not supported") }
        return Matrix.concatenated(parts)
    }
}

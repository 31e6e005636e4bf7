import Diagnostics
import ModelFormats
import ModelImport

/// The trees of histogram gradient boosting on top of a first prediction.
///
/// A split of a categorical feature becomes one of a feature of its own: 0 for the categories that go left, and 1 for the
/// others.
///
/// *Source*: scikit-learn 0.24 to 1.9, `HistGradientBoosting*`: `_predictors` (iterations by outputs),
/// `_baseline_prediction`, `_bin_mapper.known_categories` (0.24), `_preprocessor` (1.4).
struct HistogramTrees {
    private let trees: [HistogramTree]
    private let encoding: CategoricalEncoding?
    /// For each categorical feature the categories that training knew.
    private let knownCategories: [Int: [Double]]
    let baseline: [Double]

    var outputCount: Int { baseline.count }
    var inputForm: InputForm { encoding?.inputForm ?? .numbers }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let featureCount = try object.int("n_features_in_")
        encoding =
            try object.value["_preprocessor"]?.className == nil
            ? nil : CategoricalEncoding(try object.estimator("_preprocessor"), featureCount: featureCount)
        let number = object.value["_baseline_prediction"]?.double
        let baseline = try number == nil ? object.doubles("_baseline_prediction") : [number ?? 0]
        self.baseline = baseline
        var known: [Int: [Double]] = [:]
        let mapper = try object.estimator("_bin_mapper")
        if let list = mapper.value["known_categories"], !list.isNone {
            for (feature, value) in try mapper.list("known_categories").enumerated() where !value.isNone {
                known[feature] = try importing { () throws(ModelFormatError) in try value.numPyArray()?.doubles() }
            }
        }
        knownCategories = known
        var trees: [HistogramTree] = []
        for iteration in try object.list("_predictors") {
            guard let predictors = iteration.elements, predictors.count == baseline.count else {
                throw ModelImportError(.malformed, "an iteration of `_predictors` has not \(baseline.count) trees")
            }
            for predictor in predictors {
                let place = Place.item("tree", "\(trees.count)")
                trees.append(
                    try locating(place) { () throws(ModelImportError) in
                        try HistogramTree(object.nested(predictor), featureCount: featureCount)
                    }
                )
            }
        }
        self.trees = trees
    }

    /// *Shapes*: `[batch, outputs]` in double.
    func sums(_ input: Table) throws(ModelImportError) -> Matrix {
        let features = try encoding?.features(input) ?? input.parts
        var columns = Table(features)
        var sums = LeafSums(targetCount: outputCount)
        for (index, tree) in trees.enumerated() {
            for (node, split) in tree.splits.enumerated() {
                let children = tree.children[node]
                switch split {
                case .leaf(let value):
                    sums.leaf(tree: index, node: node, target: index % outputCount, weight: value)
                case .threshold(let feature, let threshold, let goesLeft):
                    sums.split(
                        tree: index,
                        node: node,
                        feature: feature,
                        threshold: threshold,
                        children: children,
                        missingGoesFirst: goesLeft
                    )
                case .categories(let feature, let left, let goesLeft):
                    let side = try side(of: Table(features).column(feature), feature, left, goesLeft)
                    sums.split(
                        tree: index,
                        node: node,
                        feature: columns.columnCount,
                        threshold: 0.5,
                        children: children,
                        missingGoesFirst: false
                    )
                    columns.parts.append(side)
                }
            }
        }
        // NUMERICS: features are compared as doubles, which transformers before this one give.
        let areFloats = columns.parts.allSatisfy { $0.elementType == .float || $0.elementType == .bool }
        let compared = try areFloats ? columns.floats() : columns.doubles()
        return try sums(compared) + columns.parts[0].graph.constant(baseline, name: "baseline")
    }

    /// 0 where a category goes left, 1 where it goes right; categories that training did not know are missing ones.
    private func side(
        of column: Matrix,
        _ feature: Int,
        _ left: Set<Int>,
        _ missingGoesLeft: Bool
    ) throws(ModelImportError) -> Matrix {
        let known = knownCategories[feature] ?? (0..<256).map { Double($0) }
        let rows = known.map { left.contains(Int(exactly: $0) ?? -1) ? 0.0 : 1.0 } + [missingGoesLeft ? 0 : 1]
        return try Categories(.doubles(known)).lookUp(column, rows: rows, width: 1)
    }
}

/// The encoding of categories that comes before the trees, and moves categorical features to the front.
///
/// *Source*: scikit-learn 1.4 to 1.9, a `ColumnTransformer` of an `OrdinalEncoder` and a conversion of the other columns.
struct CategoricalEncoding {
    private let encoder: OrdinalEncoder
    private let encoded: [Int]
    private let others: [Int]

    init(_ object: EstimatorObject, featureCount: Int) throws(ModelImportError) {
        var masks: [String: [Int]] = [:]
        var encoder: OrdinalEncoder?
        for element in try object.list("transformers_") where element.elements?.first?.string != "remainder" {
            guard let parts = element.elements, parts.count == 3, let name = parts[0].string,
                let mask = try importing({ () throws(ModelFormatError) in try parts[2].numPyArray()?.integers() }),
                mask.count == featureCount
            else {
                throw ModelImportError(.malformed, "`_preprocessor` holds something else than masks of its features")
            }
            masks[name] = mask.indices.filter { mask[$0] != 0 }
            if name == "encoder" { encoder = try OrdinalEncoder(object.nested(parts[1])) }
        }
        guard let encoder, let encoded = masks["encoder"] else {
            throw ModelImportError(.malformed, "`_preprocessor` has no `encoder`")
        }
        self.encoder = encoder
        self.encoded = encoded
        others = masks["numerical"] ?? []
    }

    var inputForm: InputForm {
        guard case .columns(let types, _) = encoder.inputForm else { return .numbers }
        var all = [ColumnType](repeating: .number, count: encoded.count + others.count)
        for (column, type) in zip(encoded, types) where all.indices.contains(column) { all[column] = type }
        return .columns(all, isFrame: false)
    }

    func features(_ input: Table) throws(ModelImportError) -> [Matrix] {
        let categories = try encoder.transform(try input.columns(encoded)).parts
        return try others.isEmpty ? categories : categories + [input.columns(others).doubles()]
    }
}

import Diagnostics
import ModelFormats
import ModelImport

extension Model {
    /// Reads the JSON form.
    ///
    /// *Source*: CatBoost 1.0 to 1.2, `json_model_helpers.cpp`.
    init(document: DocumentValue) throws(ModelImportError) {
        let features = document["features_info"]
        for (key, name) in [("text_features", "text"), ("embedding_features", "embedding")]
        where features?[key]?.elements?.isEmpty == false {
            throw ModelImportError(.unsupported, "\(name) features are not supported, expected numbers and categories")
        }
        guard case .object(let information)? = document["model_info"] else {
            throw ModelImportError(.malformed, "`model_info` is missing, expected an object")
        }
        guard let scaleAndBias = document["scale_and_bias"]?.elements, scaleAndBias.count == 2,
            case .number(let scale) = scaleAndBias[0]
        else { throw ModelImportError(.malformed, "`scale_and_bias` is no pair of a number and numbers") }
        var biases = scaleAndBias[1].numbers ?? []
        if case .number(let bias) = scaleAndBias[1] { biases = [bias] }
        dimension = biases.count
        self.scale = scale
        self.biases = biases
        self.information = try Information(information)
        floatFeatures = try Self.list(features, "float_features", Self.floatFeature)
        categoricalFeatures = try Self.list(features, "categorical_features", Self.categoricalFeature)
        trees = []
        categories = Self.categories(features?["cat_features_hash"])
        let counts = document["ctr_data"]
        statistics = try Self.list(features, "ctrs") { value throws(ModelImportError) in
            try Self.statistic(value, counts: counts)
        }
        let objective = self.information.objective
        guard !objective.hasSeveralTargets || !statistics.contains(where: \.kind.dependsOnTarget) else {
            throw ModelImportError(
                .unsupported,
                "statistics of categories by several targets are not supported, as of loss function "
                    + "`\(objective.name)`: the JSON form holds the counts of one of them"
            )
        }
        try validate()
        trees = try JSONTrees(self).trees(of: document)
    }

    private static func list<Element>(
        _ document: DocumentValue?,
        _ key: String,
        _ read: (DocumentValue) throws(ModelImportError) -> Element
    ) throws(ModelImportError) -> [Element] {
        var elements: [Element] = []
        for (index, element) in (document?[key]?.elements ?? []).enumerated() {
            elements.append(
                try locating(.item("element", "\(key)[\(index)]")) { () throws(ModelImportError) in
                    try read(element)
                }
            )
        }
        return elements
    }

    private static func floatFeature(_ value: DocumentValue) throws(ModelImportError) -> FloatFeature {
        guard let borders = value["borders"]?.numbers else {
            throw ModelImportError(.malformed, "`borders` is not an array of numbers")
        }
        let treatment = value["nan_value_treatment"]?.string ?? "AsIs"
        guard ["AsIs", "AsFalse", "AsTrue"].contains(treatment) else {
            throw ModelImportError(.malformed, "`nan_value_treatment` is `\(treatment.prefix(40))`, expected `AsIs`")
        }
        return FloatFeature(
            column: try JSONFields(value).int("flat_feature_index"),
            name: value["feature_id"]?.string ?? "",
            borders: borders.map { Float($0) },
            missingIsGreatest: treatment == "AsTrue"
        )
    }

    private static func categoricalFeature(_ value: DocumentValue) throws(ModelImportError) -> CategoricalFeature {
        var values: [CategoryHash] = []
        for number in value["values"]?.numbers ?? [] { values.append(try JSONFields.categoryHash(number)) }
        return CategoricalFeature(
            column: try JSONFields(value).int("flat_feature_index"),
            name: value["feature_id"]?.string ?? "",
            values: values
        )
    }

    private static func categories(_ list: DocumentValue?) -> [CategoryHash: String] {
        var categories: [CategoryHash: String] = [:]
        for element in list?.elements ?? [] {
            guard case .number(let number)? = element["hash"], let hash = try? JSONFields.categoryHash(number),
                let text = element["value"]?.string
            else { continue }
            categories[hash] = text
        }
        return categories
    }

    private static func statistic(
        _ value: DocumentValue,
        counts: DocumentValue?
    ) throws(ModelImportError) -> Statistic {
        let fields = JSONFields(value)
        guard let name = value["ctr_type"]?.string, let kind = Statistic.Kind(rawValue: name) else {
            throw ModelImportError(.malformed, "`ctr_type` is missing, expected a name such as `Borders`")
        }
        guard let borders = value["borders"]?.numbers, let identifier = value["identifier"]?.string,
            let elements = value["elements"]?.elements, let table = counts?[identifier]
        else {
            throw ModelImportError(.malformed, "`borders`, `elements`, or the counts of `identifier` are missing")
        }
        return Statistic(
            projection: try projection(elements),
            kind: kind,
            targetBorder: try fields.int("target_border_idx"),
            priorNumerator: try fields.float("prior_numerator"),
            priorDenominator: try fields.float("prior_denomerator"),
            shift: try fields.float("shift"),
            scale: try fields.float("scale"),
            borders: borders.map { Float($0) },
            counts: try Self.counts(table)
        )
    }

    private static func projection(_ elements: [DocumentValue]) throws(ModelImportError) -> Projection {
        var projection = Projection(categoricalFeatures: [], questions: [])
        var comparisons: [Split] = []
        for element in elements {
            let fields = JSONFields(element)
            switch element["combination_element"]?.string {
            case "cat_feature_value":
                projection.categoricalFeatures.append(try fields.int("cat_feature_index"))
            case "float_feature":
                projection.questions.append(
                    .isAbove(feature: try fields.int("float_feature_index"), border: try fields.float("border"))
                )
            case "cat_feature_exact_value":
                comparisons.append(
                    .isCategory(feature: try fields.int("cat_feature_index"), try fields.categoryHash("value"))
                )
            case let name:
                throw ModelImportError(
                    .unsupported,
                    "combinations with `\((name ?? "").prefix(40))` are not supported"
                )
            }
        }
        projection.questions += comparisons
        return projection
    }

    private static func counts(_ table: DocumentValue) throws(ModelImportError) -> Statistic.Counts {
        let fields = JSONFields(table)
        let stride = try fields.int("hash_stride")
        guard let elements = table["hash_map"]?.elements, stride > 1, elements.count.isMultiple(of: stride) else {
            throw ModelImportError(.malformed, "`hash_map` is no array with rows of `hash_stride` elements")
        }
        var values: [UInt64: [Float]] = [:]
        for start in Swift.stride(from: 0, to: elements.count, by: stride) {
            guard let hash = elements[start].string.flatMap({ UInt64($0) }) else {
                throw ModelImportError(.malformed, "`hash_map` has a row without a hash")
            }
            // SPEC: TDenseIndexHashView: places that nothing is in have the hash of all bits.
            guard hash != .max else { continue }
            let row = elements[start + 1..<start + stride].compactMap { element -> Float? in
                if case .number(let number) = element { Float(number) } else { nil }
            }
            guard row.count == stride - 1 else {
                throw ModelImportError(.malformed, "`hash_map` has a row with something else than numbers")
            }
            values[hash] = row
        }
        return Statistic.Counts(values: values, denominator: try fields.float("counter_denominator"))
    }
}

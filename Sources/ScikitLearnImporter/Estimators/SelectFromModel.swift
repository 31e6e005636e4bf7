import Diagnostics
import ModelFormats
import ModelImport

/// The features that matter to an estimator.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimator_` or with `prefit=True` `estimator`, `threshold`, `max_features`,
/// `norm_order`, `importance_getter` (0.24).
enum SelectFromModel {
    static let entry = EstimatorEntry("sklearn.feature_selection.SelectFromModel") { object throws(ModelImportError) in
        let getter = object.value["importance_getter"]?.string ?? "auto"
        try object.refuse(
            !["auto", "coef_", "feature_importances_"].contains(getter),
            "`importance_getter=\(getter)`"
        )
        let estimator = try object.estimator(object.value["estimator_"] == nil ? "estimator" : "estimator_")
        let scores = try estimator.importances(order: object.value["norm_order"]?.double ?? 1)
        let limit = try threshold(object, estimator, scores)
        var mask = scores.map { $0 >= limit }
        if let count = object.value["max_features_"]?.int ?? object.value["max_features"]?.int {
            let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
            for index in order.dropFirst(max(0, count)) { mask[index] = false }
        }
        return try .transformer(Selection(mask))
    }

    private static func threshold(
        _ object: EstimatorObject,
        _ estimator: EstimatorObject,
        _ scores: [Double]
    ) throws(ModelImportError) -> Double {
        if let number = object.value["threshold"]?.double { return number }
        let text = object.value["threshold"]?.string ?? (estimator.isPenalisedByL1 ? "1e-5" : "mean")
        if let number = Double(text) { return number }
        let parts = text.split(separator: "*").map { $0.trimming(" ") }
        guard let reference = parts.last, parts.count <= 2, let scale = parts.count == 2 ? Double(parts[0]) : 1 else {
            throw ModelImportError(.malformed, "`threshold` is `\(text)`, expected a number, `mean` or `median`")
        }
        switch reference {
        case "mean": return scale * scores.reduce(0, +) / Double(scores.count)
        case "median": return scale * quantile(scores, 0.5)
        default: throw ModelImportError(.malformed, "`threshold` is `\(text)`, expected a number, `mean` or `median`")
        }
    }
}

extension EstimatorObject {
    fileprivate var isPenalisedByL1: Bool {
        let name = className.split(separator: ".").last ?? ""
        if value["penalty"]?.string == "l1" || name.contains("Lasso") { return true }
        let ratio: Double?
        switch name {
        case "ElasticNet", "LogisticRegression": ratio = value["l1_ratio"]?.double
        case "ElasticNetCV": ratio = value["l1_ratio_"]?.double
        case "LogisticRegressionCV":
            let ratios = try? doubles("l1_ratio_")
            return ratios.map { !$0.isEmpty && $0.allSatisfy { abs($0 - 1) < 1e-5 } } ?? false
        default: ratio = nil
        }
        return ratio.map { abs($0 - 1) < 1e-5 } ?? false
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> Substring {
        let tail = drop { $0 == character }
        return tail[..<(tail.lastIndex { $0 != character }.map(tail.index(after:)) ?? tail.startIndex)]
    }
}

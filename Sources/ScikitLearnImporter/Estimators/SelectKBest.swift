import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// The features with the best scores, or with p-values that are small enough.
///
/// *Source*: scikit-learn 0.24 to 1.9, `scores_`, `pvalues_`, and `k`, `percentile`, `alpha`, or `mode` and `param`.
enum SelectKBest {
    static let entry = EstimatorEntry(
        "sklearn.feature_selection.GenericUnivariateSelect",
        "sklearn.feature_selection.SelectFdr",
        "sklearn.feature_selection.SelectFpr",
        "sklearn.feature_selection.SelectFwe",
        "sklearn.feature_selection.SelectKBest",
        "sklearn.feature_selection.SelectPercentile"
    ) { object throws(ModelImportError) in
        .transformer(try Selection(try mask(object)))
    }

    private static func mask(_ object: EstimatorObject) throws(ModelImportError) -> [Bool] {
        let modes = [
            "SelectFdr": ("fdr", "alpha"), "SelectFpr": ("fpr", "alpha"), "SelectFwe": ("fwe", "alpha"),
            "SelectKBest": ("k_best", "k"), "SelectPercentile": ("percentile", "percentile"),
        ]
        let name = object.className.split(separator: ".").last.map(String.init) ?? ""
        let known = modes[name]
        let (mode, parameter) = try known == nil ? (object.string("mode"), "param") : known ?? ("", "")
        let scores = try object.doubles("scores_")
        switch mode {
        case "k_best":
            if object.value[parameter]?.string == "all" { return scores.map { _ in true } }
            return best(scores, count: try object.int(parameter))
        case "percentile":
            let percentile = try object.double(parameter)
            guard (0...100).contains(percentile) else {
                throw ModelImportError(.malformed, "`\(parameter)` is \(percentile), expected a number from 0 to 100")
            }
            return best(scores, percentile: percentile)
        case "fpr", "fwe", "fdr":
            let values = try object.doubles("pvalues_", count: scores.count, from: "scores_")
            let alpha = try object.double(parameter)
            if mode == "fpr" { return values.map { $0 < alpha } }
            if mode == "fwe" { return values.map { $0 < alpha / Double(values.count) } }
            return belowDiscoveryRate(values, alpha: alpha)
        default: throw ModelImportError(.unsupported, "`mode=\(mode)` is not supported")
        }
    }

    private static func cleaned(_ scores: [Double]) -> [Double] {
        scores.map { $0.isNaN ? -Double.greatestFiniteMagnitude : $0 }
    }

    /// Of equal scores, the later ones.
    private static func best(_ scores: [Double], count: Int) -> [Bool] {
        let scores = cleaned(scores)
        let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        let chosen = Set(order.suffix(max(0, min(count, order.count))))
        return scores.indices.map(chosen.contains)
    }

    /// Of scores at the threshold, the earlier ones.
    private static func best(_ scores: [Double], percentile: Double) -> [Bool] {
        if percentile == 100 { return scores.map { _ in true } }
        if percentile == 0 { return scores.map { _ in false } }
        let scores = cleaned(scores)
        let limit = quantile(scores, (100 - percentile) / 100)
        var mask = scores.map { $0 > limit }
        let count = Int((Double(scores.count) * percentile / 100).rounded(.towardZero))
        var free = count - mask.filter { $0 }.count
        for index in scores.indices where scores[index] == limit && free > 0 {
            mask[index] = true
            free -= 1
        }
        return mask
    }

    private static func belowDiscoveryRate(_ values: [Double], alpha: Double) -> [Bool] {
        // As in NumPy's order, p-values that are NaN, of constant features, stand behind all others.
        let sorted = values.filter { !$0.isNaN }.sorted() + values.filter(\.isNaN)
        let limits = sorted.indices.map { alpha / Double(sorted.count) * Double($0 + 1) }
        let limit = zip(sorted, limits).filter { $0 <= $1 }.map(\.0).max()
        return values.map { value in limit.map { value <= $0 } ?? false }
    }
}

/// A quantile with linear interpolation, as NumPy computes it by default.
func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    guard place >= 0, place < Double(sorted.count - 1) else { return place < 0 ? sorted[0] : last }
    let index = Int(place)
    let fraction = place - Double(index)
    let difference = sorted[index + 1] - sorted[index]
    return fraction >= 0.5 ? sorted[index + 1] - difference * (1 - fraction) : sorted[index] + difference * fraction
}

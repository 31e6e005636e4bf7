import Diagnostics
import ModelFormats
import ModelImport

/// Readers of a saved learner's parameters, which are strings that hold numbers.
struct LearnerParameters {
    let document: DocumentValue?
    let name: String

    /// A whole number; `fallback` where the parameter is missing.
    func count(_ key: String, fallback: Int? = nil, in range: ClosedRange<Int>) throws(ModelImportError) -> Int {
        guard let text = document?[key]?.string else {
            if let fallback { return fallback }
            throw ModelImportError(.malformed, "`\(name).\(key)` is missing, expected a number")
        }
        guard let count = Int(text), range.contains(count) else {
            throw ModelImportError(
                .malformed,
                "`\(name).\(key)` is `\(text)`, expected a number in \(range.lowerBound)...\(range.upperBound)"
            )
        }
        return count
    }

    /// The scores that every prediction starts from: one number, or since version 3 a vector such as `[5E-1]`.
    func baseScores(count: Int) throws(ModelImportError) -> [Float] {
        guard let text = document?["base_score"]?.string else {
            throw ModelImportError(.malformed, "`\(name).base_score` is missing, expected a number or a vector")
        }
        var inner = Substring(text)
        if inner.hasPrefix("["), inner.hasSuffix("]") { inner = inner.dropFirst().dropLast() }
        let parts = inner.split(separator: ",").map { $0.drop { $0 == " " } }
        let scores = parts.compactMap { Float($0) }
        guard scores.count == parts.count, scores.count == 1 || scores.count == count,
            scores.allSatisfy({ $0.isFinite })
        else {
            throw ModelImportError(.malformed, "`\(name).base_score` is `\(text)`, expected 1 or \(count) numbers")
        }
        return scores.count == count ? scores : [Float](repeating: scores[0], count: count)
    }
}

import Diagnostics
import Foundation
import ModelFormats
import ModelImport

/// A sampled Fourier transform of the additive chi-squared kernel.
///
/// *Source*: scikit-learn 0.24 to 1.9, `sample_steps`, `sample_interval` (`sample_interval_` before 1.3).
struct AdditiveChi2Sampler: MatrixTransformer {
    let stepCount: Int
    let interval: Double

    static let entry = EstimatorEntry(
        "sklearn.kernel_approximation.AdditiveChi2Sampler"
    ) { object throws(ModelImportError) in
        .transformer(try AdditiveChi2Sampler(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        stepCount = try object.int("sample_steps")
        guard (1...1024).contains(stepCount) else {
            throw ModelImportError(.malformed, "`sample_steps` is \(stepCount), expected 1 to 1024")
        }
        let intervals = [1: 0.8, 2: 0.5, 3: 0.4]
        guard
            let interval = object.value["sample_interval_"]?.double ?? object.value["sample_interval"]?.double
                ?? intervals[stepCount]
        else { throw ModelImportError(.malformed, "`sample_interval` is missing, expected a number") }
        self.interval = interval
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        let isZero = try x.equal(to: 0)
        let safe = try isZero.choose(1, x)
        let logarithm = try safe.log() * interval
        var parts = [try (x * interval).squareRoot()]
        for step in stride(from: 1, to: stepCount, by: 1) {
            let factor = try (x * (2 * interval / cosh(Double.pi * Double(step) * interval))).squareRoot()
            let angle = try logarithm * Double(step)
            parts.append(factor * angle.apply("Cos"))
            parts.append(factor * angle.apply("Sin"))
        }
        return .concatenated(parts)
    }
}

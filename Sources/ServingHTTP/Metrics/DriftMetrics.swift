import FeatureStatistics
import ServingCore
import ServingObservation

/// The most features of a version of a model that have metrics of their own.
private let featureLimit = 100

extension MetricsText {
    /// How far the inputs of models are from those that they were made with.
    mutating func addDrift(_ models: [ServedModel]) {
        var features: [(labels: String, feature: DriftMonitor.Feature)] = []
        for model in models {
            guard let snapshot = model.drift?.snapshot(at: monotonicNanoseconds()) else { continue }
            let all = snapshot.inputs.flatMap { input in input.features.map { (input.name, $0) } }
            for (input, feature) in all.prefix(featureLimit) {
                let names = "input=\"\(Self.escaped(input))\",feature=\"\(Self.escaped(feature.reference.name))\""
                features.append(("\(Self.labels(of: model)),\(names)", feature))
            }
        }
        guard !features.isEmpty else { return }
        add("mlpack_drift_psi", "Population stability index of a feature in the last hour", features) {
            $0.stabilityIndex
        }
        add("mlpack_drift_values", "Values of a feature that were looked at in the last hour", features) {
            Double($0.summary.count)
        }
        add("mlpack_drift_missing_values", "Values of a feature in the last hour that were no numbers", features) {
            Double($0.summary.missing)
        }
        add("mlpack_drift_mean", "Mean of a feature in the last hour", features) {
            $0.summary.count > 0 ? $0.summary.mean : nil
        }
    }

    private mutating func add(
        _ name: String,
        _ help: String,
        _ features: [(labels: String, feature: DriftMonitor.Feature)],
        _ value: (DriftMonitor.Feature) -> Double?
    ) {
        begin(name, "gauge", help)
        for (labels, feature) in features {
            if let value = value(feature) { add("\(name){\(labels)}", "\(value)") }
        }
    }
}

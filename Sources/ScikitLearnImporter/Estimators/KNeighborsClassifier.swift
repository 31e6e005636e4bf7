import Diagnostics
import ModelFormats
import ModelImport

/// The classes of the training samples near a sample.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `Neighbors`; `_y` with places of classes, `classes_`, `radius`, `outlier_label_`.
struct KNeighborsClassifier {
    let neighbors: Neighbors
    let targetClasses: [ClassLabels]
    /// For each target a row of indicators for each training sample.
    let indicators: [[Double]]
    let radius: Double?
    /// For each target the class of samples that have no neighbours.
    let outliers: [Int]?

    static let entry = EstimatorEntry(
        "sklearn.neighbors.KNeighborsClassifier",
        "sklearn.neighbors.RadiusNeighborsClassifier"
    ) { object throws(ModelImportError) in
        let fitted = try KNeighborsClassifier(object)
        return object.flag("outputs_2d_") ? .multiClassifier(fitted) : .classifier(fitted)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let isRadius = object.className.hasSuffix(".RadiusNeighborsClassifier")
        neighbors = try Neighbors(object, neighborCount: isRadius ? 1 : nil)
        radius = try isRadius ? object.double("radius") : nil
        targetClasses = try object.flag("outputs_2d_") ? object.targetClasses() : [object.classes()]
        let labels = try object.integers("_y")
        let targetCount = targetClasses.count
        guard labels.count == neighbors.sampleCount * targetCount else {
            throw ModelImportError(
                .malformed,
                "`_y` has \(labels.count) elements, expected \(neighbors.sampleCount * targetCount) from `_fit_X`"
            )
        }
        indicators = targetClasses.enumerated().map { target, classes in
            stride(from: target, to: labels.count, by: targetCount).flatMap { index in
                (0..<classes.count).map { $0 == labels[index] ? 1.0 : 0.0 }
            }
        }
        outliers = try object.outlierPlaces(targetClasses)
    }

    private func classification(_ weights: Matrix, _ target: Int) throws(ModelImportError) -> Classification {
        let count = targetClasses[target].count
        let votes = try weights.product(indicators[target], columns: count, "labels")
        let sum = try votes.sum()
        let isEmpty = try sum.equal(to: 0)
        let probabilities = try votes / isEmpty.choose(1, sum)
        guard let outliers else { return Classification(indices: votes.argMax(), probabilities: probabilities) }
        let outlier = try votes.row((0..<count).map { $0 == outliers[target] ? 1 : 0 }, "outlier")
        let all = isEmpty.choose(outlier, probabilities)
        return Classification(indices: all.argMax(), probabilities: all)
    }

    private func weights(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.doubles()
        guard let radius else { return try neighbors.weights(x) }
        return try neighbors.weights(x, radius: radius)
    }
}

extension KNeighborsClassifier: Classifier, MultiClassifier {
    var classes: ClassLabels { targetClasses[0] }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        try classification(try weights(input), 0)
    }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        let weights = try weights(input)
        var result = MultiClassification(indices: [], probabilities: [])
        for target in targetClasses.indices {
            let own = try classification(weights, target)
            result.indices.append(own.indices)
            result.probabilities.append(try own.requiredProbabilities())
        }
        return result
    }
}

extension EstimatorObject {
    /// For each target the place of the label of outliers; `nil` without one, where outliers are an error.
    fileprivate func outlierPlaces(_ classes: [ClassLabels]) throws(ModelImportError) -> [Int]? {
        guard let value = value["outlier_label_"], !value.isNone else { return nil }
        let labels = try list("outlier_label_")
        guard labels.count == classes.count else {
            throw ModelImportError(
                .malformed,
                "`outlier_label_` has \(labels.count) elements, expected \(classes.count)"
            )
        }
        var places: [Int] = []
        for (label, classes) in zip(labels, classes) {
            let own: ClassLabels
            if let text = label.string {
                own = .strings([text])
            } else if let number = label.double {
                own = .doubles([number])
            } else {
                throw ModelImportError(.malformed, "`outlier_label_` holds something else than labels")
            }
            guard let place = try? own.places(in: classes).first else {
                throw ModelImportError(.unsupported, "an `outlier_label` that is none of the classes is not supported")
            }
            places.append(place)
        }
        return places
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// Labels and scores from a linear function of the features for each class.
///
/// *Shapes*: `[samples, features] → labels [samples], scores [samples, classes]`. With one row of coefficients and two
/// labels the score of the first class is the opposite of the second's; with a single label the score decides between
/// the label and none.
struct LinearClassifier: Operator {
    let coefficients: [Float]
    let intercepts: [Float]
    let labels: ClassLabels
    let transform: ScoreTransform

    static let definition = OperatorDefinition("LinearClassifier", domain: .onnxML, since: 1) {
        node throws(EngineError) in
        let coefficients = try node.floats("coefficients")
        return LinearClassifier(
            coefficients: try node.required("coefficients", coefficients),
            intercepts: try node.floats("intercepts") ?? [],
            labels: try ClassLabels(node, integers: "classlabels_ints", strings: "classlabels_strings"),
            transform: try node.choice("post_transform", default: .none)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { inputs.classified(labels) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let samples = try Samples(call.tensor(0), call)
        let rowCount = try coefficients.rowCount(featureCount: samples.featureCount)
        let isBinary = rowCount == 1 && labels.count == 2
        guard isBinary || rowCount == labels.count else {
            throw EngineError(
                .attribute,
                "`coefficients` has \(rowCount) rows of \(samples.featureCount), expected \(labels.count), one for each label"
            )
        }
        var winners: [Int?] = []
        var rows: [[Double]] = []
        try samples.checkScores(columns: labels.count, call)
        for sample in 0..<samples.count {
            var scores = try coefficients.products(samples[sample], rowCount: rowCount, intercepts: intercepts)
            if isBinary { scores = [-scores[0], scores[0]] }
            winners.append(labels.count == 1 ? (scores[0] > 0 ? 0 : nil) : scores.indexOfLargest)
            transform.apply(&scores)
            rows.append(scores)
        }
        return [.tensor(try labels.select(winners)), .tensor(try call.matrix(rows, columns: labels.count))]
    }
}

extension [Float] {
    /// The rows of a matrix of coefficients with a column for each feature.
    ///
    /// *Throws*: `shape` when the features do not divide the coefficients.
    func rowCount(featureCount: Int) throws(EngineError) -> Int {
        guard featureCount > 0, !isEmpty, count % featureCount == 0 else {
            throw EngineError(.shape, "input has \(featureCount) features, which \(count) coefficients do not fit")
        }
        return count / featureCount
    }

    /// The products of each row of this matrix with a sample, with the intercepts added.
    ///
    /// *Throws*: `attribute` when there are intercepts, but not one for each row.
    func products(_ sample: ArraySlice<Double>, rowCount: Int, intercepts: [Float]) throws(EngineError) -> [Double] {
        guard intercepts.isEmpty || intercepts.count == rowCount else {
            throw EngineError(.attribute, "`intercepts` has \(intercepts.count) elements, expected \(rowCount)")
        }
        return (0..<rowCount).map { row in
            var sum = intercepts.isEmpty ? 0 : Double(intercepts[row])
            for (value, coefficient) in zip(sample, self[(row * sample.count)...]) {
                sum += value * Double(coefficient)
            }
            return sum
        }
    }
}

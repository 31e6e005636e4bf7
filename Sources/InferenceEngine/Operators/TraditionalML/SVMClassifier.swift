import Diagnostics
import OnnxIR
import Tensors

/// Labels and scores from how samples compare with the support vectors of each class, or from a linear function for each
/// class without them.
///
/// *Shapes*: `[samples, features] → labels [samples], scores [samples, classes]`. Support vectors decide between each
/// two classes, and the class with the most decisions has the label. With `prob_a` and `prob_b` the scores are
/// probabilities of the classes. Without them they are the decisions themselves, as exporters expect them: one column
/// for each pair of classes, and for two classes the decision behind its opposite.
struct SVMClassifier: Operator {
    /// `nil` for a linear function.
    private let pairs: SVMPairs?
    private let coefficients: [Float]
    private let intercepts: [Float]
    private let labels: ClassLabels
    private let transform: ScoreTransform

    static let definition = OperatorDefinition("SVMClassifier", domain: .onnxML, since: 1) { node throws(EngineError) in
        let labels = try ClassLabels(node, integers: "classlabels_ints", strings: "classlabels_strings")
        let coefficients = try node.required("coefficients", node.floats("coefficients"))
        let intercepts = try node.required("rho", node.floats("rho"))
        let counts = try node.ints("vectors_per_class") ?? []
        let pairs = counts.contains { $0 != 0 } ? try SVMPairs(node, counts, coefficients, intercepts, labels) : nil
        guard !coefficients.isEmpty, pairs != nil || coefficients.count % labels.count == 0 else {
            throw EngineError(
                .attribute,
                "`coefficients` has \(coefficients.count) elements, expected a row for each of \(labels.count) labels"
            )
        }
        guard !intercepts.isEmpty else { throw EngineError(.attribute, "`rho` has 0 elements, expected 1") }
        return SVMClassifier(
            pairs: pairs,
            coefficients: coefficients,
            intercepts: intercepts,
            labels: labels,
            transform: try node.choice("post_transform", default: .none)
        )
    }

    private var scoreCount: Int { pairs?.scoreCount ?? labels.count }

    func infer(_ inputs: InputFacts) -> [Facts] { inputs.classified(labels, scoreCount: scoreCount) }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let samples = try Samples(call.tensor(0), call)
        try samples.checkFeatures(pairs?.vectors.featureCount ?? coefficients.count / labels.count)
        try samples.checkScores(columns: scoreCount, call)
        var winners: [Int?] = []
        var rows: [[Double]] = []
        for sample in 0..<samples.count {
            var (winner, scores) = pairs?.judge(samples[sample]) ?? judgeLinearly(samples[sample])
            winners.append(winner)
            transform.apply(&scores)
            rows.append(scores)
        }
        return [.tensor(try labels.select(winners)), .tensor(try call.matrix(rows, columns: scoreCount))]
    }

    /// SPEC: the label is that of the largest score; of two classes onnxruntime takes the second where any is above 0.
    private func judgeLinearly(_ sample: ArraySlice<Double>) -> (winner: Int, scores: [Double]) {
        let scores = (0..<labels.count).map { row in
            SVMKernel.product(sample, coefficients[(row * sample.count)...]) + Double(intercepts[0])
        }
        return (scores.indexOfLargest, scores)
    }
}

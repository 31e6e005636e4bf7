import Diagnostics
import OnnxIR
import Tensors

/// The rows of a matrix of features in `Double`, which holds every number type that classifiers take.
struct Samples {
    let count: Int
    let featureCount: Int
    let values: [Double]

    /// *Throws*: `shape` when the tensor is no matrix; a vector counts as one sample.
    init(_ input: Tensor, _ call: OperatorCall) throws(EngineError) {
        let shape = input.shape
        guard shape.rank == 1 || shape.rank == 2 else {
            throw EngineError(.shape, "input has shape \(shape), expected a matrix of samples")
        }
        count = shape.rank == 1 ? 1 : shape[0]
        featureCount = shape[shape.rank - 1]
        values = try call.cast(input, to: .double).array(of: Double.self)
    }

    /// Refuses scores, one for each sample and column, that would be too large.
    ///
    /// *Throws*: `limit`.
    func checkScores(columns: Int, _ call: OperatorCall) throws(EngineError) {
        try call.state.check(.double, call.shape([count, columns]))
    }

    /// *Throws*: `shape` when the samples have another number of features.
    func checkFeatures(_ expected: Int) throws(EngineError) {
        guard featureCount == expected else {
            throw EngineError(.shape, "input has \(featureCount) features, expected \(expected)")
        }
    }

    subscript(sample: Int) -> ArraySlice<Double> {
        values[(sample * featureCount)..<((sample + 1) * featureCount)]
    }
}

extension InputFacts {
    /// The extent of the axis that counts samples, as a classifier's outputs have it.
    var sampleExtent: Dimension {
        guard let shape = shape() else { return .unknown }
        return shape.count == 1 ? .fixed(1) : shape.first ?? .unknown
    }
}

extension OperatorCall {
    /// A matrix from rows of `Double`.
    func matrix(_ rows: [[Double]], columns: Int, as type: ElementType = .float) throws(EngineError) -> Tensor {
        let shape = try shape([rows.count, columns])
        guard type == .double else {
            return try tensor(of: Float.self, shape) { target in
                for (index, row) in rows.enumerated() {
                    for (column, value) in row.enumerated() { target[index * columns + column] = Float(value) }
                }
            }
        }
        return try .of(Array(rows.joined()), shape)
    }
}

extension [Double] {
    /// The index of the largest element; the first of equals.
    var indexOfLargest: Int {
        var best = 0
        for index in indices where self[index] > self[best] { best = index }
        return best
    }
}

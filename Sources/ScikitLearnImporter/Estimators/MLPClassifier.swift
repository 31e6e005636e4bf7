import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// The layers of a network.
///
/// *Source*: scikit-learn 0.24 to 1.9, `coefs_`, `intercepts_`, `activation`, `out_activation_`.
struct Network {
    private let layers: [(weights: [Double], columns: Int, intercepts: [Double])]
    private let activation: String
    let outputActivation: String
    let outputCount: Int

    init(_ object: EstimatorObject) throws(ModelImportError) {
        activation = try object.string("activation")
        outputActivation = try object.string("out_activation_")
        let intercepts = try object.arrays("intercepts_")
        var layers: [(weights: [Double], columns: Int, intercepts: [Double])] = []
        var width = try object.int("n_features_in_")
        for (index, array) in try object.arrays("coefs_").enumerated() {
            guard array.shape.rank == 2, array.shape[0] == width, index < intercepts.count,
                intercepts[index].shape.elementCount == array.shape[1]
            else {
                throw ModelImportError(.malformed, "layer \(index) has shape \(array.shape), expected \(width) rows")
            }
            width = array.shape[1]
            let weights = try importing { () throws(ModelFormatError) in try array.doubles() }
            let own = try importing { () throws(ModelFormatError) in try intercepts[index].doubles() }
            layers.append((weights, width, own))
        }
        guard !layers.isEmpty else { throw ModelImportError(.malformed, "`coefs_` is empty, expected layers") }
        self.layers = layers
        outputCount = width
    }

    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        var result = x
        for (index, layer) in layers.enumerated() {
            let sums =
                try result.product(layer.weights, columns: layer.columns, "coefs")
                + result.row(layer.intercepts, "intercepts")
            result = try activate(sums, index == layers.count - 1 ? outputActivation : activation)
        }
        return result
    }

    private func activate(_ x: Matrix, _ name: String) throws(ModelImportError) -> Matrix {
        switch name {
        case "exp": return x.exp()
        case "identity": return x
        case "logistic": return try x.sigmoid()
        case "relu": return try x.atLeast(0)
        case "softmax": return x.softmax()
        case "tanh": return x.apply("Tanh")
        default: throw ModelImportError(.unsupported, "activation `\(name)` is not supported")
        }
    }
}

/// A network that classifies.
struct MLPClassifier {
    let network: Network
    let classes: ClassLabels

    static let entry = EstimatorEntry("sklearn.neural_network.MLPClassifier") { object throws(ModelImportError) in
        let fitted = try MLPClassifier(object)
        let binarizer = try object.estimator("_label_binarizer")
        let isMultilabel = binarizer.value["y_type_"]?.string?.hasPrefix("multilabel") == true
        return isMultilabel ? .multiClassifier(fitted) : .classifier(fitted)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        network = try Network(object)
        classes = try object.classes()
        guard network.outputCount == (classes.count == 2 ? 1 : classes.count) || network.outputActivation == "logistic"
        else {
            throw ModelImportError(
                .malformed,
                "the last layer has \(network.outputCount) columns, expected them from \(classes.count) classes"
            )
        }
    }
}

extension MLPClassifier: Classifier, MultiClassifier {
    var targetClasses: [ClassLabels] { [ClassLabels](repeating: .ints([0, 1]), count: network.outputCount) }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let output = try network(try input.doubles())
        guard network.outputCount == 1 else { return Classification(indices: output.argMax(), probabilities: output) }
        // SPEC: of one class, there are two probabilities.
        let threshold = classes.count == 1 ? Double.infinity : 0.5
        return Classification(
            indices: try output.greater(than: threshold).cast(to: .int64),
            probabilities: try output.withComplement()
        )
    }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        let output = try network(try input.doubles())
        return try MultiClassification(
            indicators: output.greater(than: 0.5).cast(to: .int64),
            probabilities: output
        )
    }
}

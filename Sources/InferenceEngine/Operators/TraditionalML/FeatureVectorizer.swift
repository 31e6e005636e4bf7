import Diagnostics
import OnnxIR
import Tensors

/// The columns of all inputs beside one another, as `float`.
///
/// *Shapes*: `[samples, features] …` or `[features] … → [samples, all features]`. An input that has more features than
/// `inputdimensions` says loses the last, one that has less is filled with zeros, as onnxruntime does it.
struct FeatureVectorizer: Operator {
    private let widths: [Int]?

    static let definition = OperatorDefinition("FeatureVectorizer", domain: .onnxML, since: 1) {
        node throws(EngineError) in
        let widths = try node.ints("inputdimensions")
        if let widths, !widths.allSatisfy({ (0..<(1 << 31)).contains($0) }) {
            throw .attribute("inputdimensions", widths, expected: "numbers from 0 to \((1 << 31) - 1)")
        }
        return FeatureVectorizer(widths: widths)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        var width: Dimension = .fixed(0)
        for index in 0..<inputs.count {
            let features = widths.map { index < $0.count ? .fixed($0[index]) : .unknown } ?? Self.width(inputs, index)
            width = width.map { sum in features.extent.map { sum &+ $0 } }
        }
        return [.tensor(.float, [inputs.sampleExtent, width])]
    }

    private static func width(_ inputs: InputFacts, _ index: Int) -> Dimension {
        guard let shape = inputs.shape(index), let last = shape.last, shape.count <= 2 else { return .unknown }
        return last
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let inputs = try call.tensors()
        guard widths == nil || widths?.count == inputs.count else {
            throw EngineError(
                .attribute,
                "`inputdimensions` has \(widths?.count ?? 0) elements, expected \(inputs.count)"
            )
        }
        var columns: [Tensor] = []
        for (index, input) in inputs.enumerated() {
            let samples = input.shape.rank < 2 ? 1 : input.shape[0]
            let width = input.shape.dimensions.dropFirst(input.shape.rank < 2 ? 0 : 1).reduce(1, *)
            let features = try call.cast(input, to: .float).with(shape: call.shape([samples, width]))
            columns.append(try resized(features, to: widths?[index] ?? width, call))
        }
        return [.tensor(try call.concatenated(columns, axis: 1))]
    }

    private func resized(_ features: Tensor, to width: Int, _ call: OperatorCall) throws(EngineError) -> Tensor {
        guard features.shape[1] != width else { return features }
        let shape = try call.shape([features.shape[0], width])
        try call.checkTables(.float, shape)
        let places = (0..<width).map { $0 < features.shape[1] ? $0 : AxisMap.nowhere }
        let map = AxisMap.identity(features.shape).selecting(places, axis: 1, stride: 1)
        return try call.moved(features, to: shape, zeroed: true, map)
    }
}

import OnnxIR
import Tensors

/// One where an element is above a threshold, zero elsewhere.
struct Binarizer: Operator {
    let threshold: Float

    static let definition = OperatorDefinition("Binarizer", domain: .onnxML, since: 1) { node throws(EngineError) in
        Binarizer(threshold: try node.float("threshold", default: 0))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let threshold = Double(threshold)
        let flags = try call.map(call.cast(input, to: .double)) { (x: Double) in x > threshold }
        return [.tensor(try call.cast(flags, to: input.elementType))]
    }
}

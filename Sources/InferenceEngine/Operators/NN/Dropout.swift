import Diagnostics
import OnnxIR
import Tensors

/// Its input and a mask of truth; in training the mask is random, and the input is zero where the mask is false.
struct Dropout: Operator {
    private let maskIsNumber: Bool
    private let mayTrain: Bool
    private let seed: RandomSeed

    static let definition = OperatorDefinition("Dropout", since: 1, 6, 7, 10, 12, 13, 22) { node throws(EngineError) in
        Dropout(
            maskIsNumber: node.version < 10,
            mayTrain: node.version >= 12 && node.hasInput.dropFirst(2).first ?? false,
            seed: try RandomSeed(int: node)
        )
    }

    var isDeterministic: Bool { !mayTrain }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [inputs.like(), inputs.like(elementType: maskIsNumber ? nil : .bool)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        if mayTrain, let trains = try call.optionalTensor(2), try trains.integers("`training_mode`").first == 1 {
            return try train(input, call)
        }
        guard call.outputCount > 1 else { return [.tensor(input)] }
        let mask = try call.expanded(.of([true], .scalar), to: input.shape)
        return [.tensor(input), .tensor(maskIsNumber ? try call.cast(mask, to: input.elementType) : mask)]
    }

    private func train(_ input: Tensor, _ call: OperatorCall) throws(EngineError) -> [Value] {
        var ratio = 0.5
        if let given = try call.optionalTensor(1) {
            guard let first = try call.cast(given, to: .double).array(of: Double.self).first else {
                throw EngineError(.shape, "the ratio has shape \(given.shape), expected a scalar")
            }
            ratio = first
        }
        guard ratio >= 0, ratio < 1 else {
            throw EngineError(.value, "the ratio is \(ratio), expected a number from 0 up to, and without, 1")
        }
        var random = seed.stream()
        let mask = try call.tensor(of: Bool.self, input.shape) { target in
            for index in 0..<input.shape.elementCount { target[index] = random.uniform() >= ratio }
        }
        let scale = 1 / (1 - ratio)
        let kept = try call.map(call.cast(input, to: .double), mask) { (x: Double, isKept: Bool) in
            isKept ? x * scale : 0
        }
        return [.tensor(try call.cast(kept, to: input.elementType)), .tensor(mask)]
    }
}

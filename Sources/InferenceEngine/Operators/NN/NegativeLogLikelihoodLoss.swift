import Diagnostics
import OnnxIR
import Tensors

/// How the losses of all elements become the result.
enum LossReduction: String, CaseIterable, Sendable {
    case mean
    case none
    case sum
}

/// The negated entries of the target classes, weighted and reduced.
struct NegativeLogLikelihoodLoss: Operator {
    let reduction: LossReduction
    let ignoredClass: Int?

    static let definition = OperatorDefinition("NegativeLogLikelihoodLoss", since: 12, 13, 22, halves: .widened) {
        node throws(EngineError) in
        NegativeLogLikelihoodLoss(
            reduction: try node.choice("reduction", default: .mean),
            ignoredClass: try node.int("ignore_index")
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), reduction == .none ? inputs.shape(1) : [])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try loss(call.tensor(0), call.tensor(1), call.optionalTensor(2), call))]
    }

    /// The loss of `[n, c, …]` entries for `[n, …]` targets.
    func loss(
        _ input: Tensor,
        _ target: Tensor,
        _ weights: Tensor?,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let shape = input.shape
        guard shape.rank >= 2, target.shape.dimensions == [shape[0]] + shape.dimensions[2...] else {
            throw EngineError(.shape, "input \(shape) and targets \(target.shape) do not fit")
        }
        let classes = shape[1]
        let factors = try weights.map { weights throws(EngineError) in
            try call.cast(weights, to: .double).array(of: Double.self)
        }
        guard factors.map({ $0.count == classes }) ?? true else {
            throw EngineError(.shape, "there are \(factors?.count ?? 0) weights, expected \(classes)")
        }
        let entries = try call.cast(input, to: .double).array(of: Double.self)
        let inner = shape.dimensions[2...].reduce(1, *)
        var (losses, total): ([Double], Double) = ([], 0)
        for (index, wanted) in try target.integers("the targets").enumerated() {
            guard wanted != ignoredClass else {
                losses.append(0)
                continue
            }
            guard wanted >= 0, wanted < classes else {
                throw EngineError(.index, "target \(wanted) is out of range, expected 0 to \(classes - 1)")
            }
            let weight = factors?[wanted] ?? 1
            total += weight
            losses.append(-entries[(index / inner * classes + wanted) * inner + index % inner] * weight)
        }
        let sum = losses.reduce(0, +)
        let result: Tensor
        switch reduction {
        case .none: result = try .of(losses, target.shape)
        case .sum: result = try .of([sum], .scalar)
        case .mean: result = try .of([sum / total], .scalar)
        }
        return try call.cast(result, to: input.elementType)
    }
}

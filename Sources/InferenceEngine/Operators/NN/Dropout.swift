import Diagnostics
import OnnxIR
import Tensors

/// Its input and a mask of truth; when it trains, elements become zero at random and others grow in their place.
struct Dropout: Operator {
    /// What rules how many elements are dropped.
    private enum Ratio: Sendable {
        /// None are.
        case none
        case fixed(Double)
        /// As many as input 1 says, when input 2 is true.
        case inputs
    }

    private let ratio: Ratio
    private let seed: RandomSeed
    private let maskIsNumber: Bool

    /// Before opset 7 a node trained when it named the mask and no `is_test`, from 7 to 10 none did.
    static let definition = OperatorDefinition("Dropout", since: 1, 6, 7, 10, 12, 13, 22) { node throws(EngineError) in
        var ratio = node.version < 12 ? Ratio.none : .inputs
        if node.version < 7, node.outputCount > 1, try !node.bool("is_test", default: false) {
            ratio = .fixed(Double(try node.float("ratio", default: 0.5)))
        }
        return Dropout(
            ratio: ratio,
            seed: try RandomSeed(int: node),
            maskIsNumber: node.version < 10
        )
    }

    /// Whether the output is the input, whatever the inputs say.
    var neverDrops: Bool {
        if case .none = ratio { return true }
        return false
    }

    var isDeterministic: Bool {
        neverDrops || seed.isGiven
    }

    /// Whether the first output is the first input, for what is known of the input that says whether to train.
    func dropsNothing(training: Facts?) -> Bool {
        switch ratio {
        case .none: true
        case .fixed: false
        case .inputs: training.map { (try? $0.constant?.tensor?.integers("")) == [0] } ?? true
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [inputs.like(), inputs.like(elementType: maskIsNumber ? nil : .bool)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let ratio = try ratio(call)
        guard ratio >= 0, ratio < 1 else {
            throw EngineError(.value, "the ratio is \(ratio), expected one from 0 to less than 1")
        }
        guard ratio > 0 || call.outputCount > 1 else { return [.tensor(input)] }
        let mask = try mask(input.shape, ratio, call)
        let shown = Value.tensor(maskIsNumber ? try call.cast(mask, to: input.elementType) : mask)
        guard ratio > 0 else { return [.tensor(input), shown] }
        let scaled = try call.map(call.cast(input, to: .double), mask) { (x: Double, isKept: Bool) in
            isKept ? x / (1 - ratio) : 0
        }
        return [.tensor(try call.cast(scaled, to: input.elementType)), shown]
    }

    private func ratio(_ call: OperatorCall) throws(EngineError) -> Double {
        switch ratio {
        case .none: return 0
        case .fixed(let ratio): return ratio
        case .inputs:
            guard let trains = try call.optionalTensor(2), try trains.integers("`training_mode`").first == 1 else {
                return 0
            }
            guard let given = try call.optionalTensor(1) else { return 0.5 }
            return try call.cast(given, to: .double).array(of: Double.self).first ?? 0.5
        }
    }

    private func mask(_ shape: Shape, _ ratio: Double, _ call: OperatorCall) throws(EngineError) -> Tensor {
        var random = seed.stream()
        return try call.tensor(of: Bool.self, shape) { target in
            for index in 0..<shape.elementCount {
                target[index] = ratio == 0 || random.uniform() >= ratio
            }
        }
    }
}

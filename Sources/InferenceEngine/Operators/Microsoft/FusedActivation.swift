import Diagnostics
import OnnxIR
import Tensors

/// The function that `FusedConv` and `FusedGemm` apply to their result.
struct FusedActivation: Sendable {
    /// How a function is made from the parameters that its operator has as attributes.
    private struct Form: Sendable {
        let parameters: [String]
        let make: @Sendable ([Float]) -> any Operator
    }

    private static let forms: [String: Form] = [
        "Celu": Form(parameters: ["alpha"]) { elementwise(Celu(alpha: $0[0])) },
        "Clip": Form(parameters: ["min", "max"]) { elementwise(Clamp(least: $0[0], greatest: $0[1])) },
        "Elu": Form(parameters: ["alpha"]) { elementwise(Elu(alpha: $0[0])) },
        "HardSigmoid": Form(parameters: ["alpha", "beta"]) { elementwise(HardSigmoid(alpha: $0[0], beta: $0[1])) },
        "HardSwish": Form(parameters: []) { _ in elementwise(HardSwish()) },
        "LeakyRelu": Form(parameters: ["alpha"]) { elementwise(LeakyRelu(alpha: $0[0])) },
        "ParametricSoftplus": Form(parameters: ["alpha", "beta"]) {
            elementwise(ParametricSoftplus(alpha: $0[0], beta: $0[1]))
        },
        "Relu": Form(parameters: []) { _ in elementwise(Clamp(least: 0, greatest: .infinity)) },
        "ScaledTanh": Form(parameters: ["alpha", "beta"]) { elementwise(ScaledTanh(alpha: $0[0], beta: $0[1])) },
        "Selu": Form(parameters: ["alpha", "gamma"]) { elementwise(Selu(alpha: $0[0], gamma: $0[1])) },
        "Sigmoid": Form(parameters: []) { _ in elementwise(Sigmoid()) },
        "Softplus": Form(parameters: []) { _ in elementwise(Softplus()) },
        "Softsign": Form(parameters: []) { _ in elementwise(Softsign()) },
        "Tanh": Form(parameters: []) { _ in elementwise(Tanh()) },
        "ThresholdedRelu": Form(parameters: ["alpha"]) { elementwise(ThresholdedRelu(alpha: $0[0])) },
    ]

    let name: String
    let parameters: [String]
    /// What the parameters are.
    let values: [Float]
    private let function: any Operator

    /// The function that `activation` names, with parameters in one list or each in an attribute of its own; `nil` when
    /// there is none.
    ///
    /// *Throws*: `attribute` for a name that is not known, or when a parameter is missing.
    init?(_ node: NodeContext) throws(EngineError) {
        guard let name = try node.string("activation") else { return nil }
        guard let form = Self.forms[name] else {
            let names = Self.forms.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw EngineError(.attribute, "attribute `activation` is `\(name)`, expected one of \(names)")
        }
        let list = try node.floats("activation_params")
        var values: [Float] = []
        for (index, parameter) in form.parameters.enumerated() {
            let own = try node.float("activation_\(parameter)")
            guard let value = list.map({ index < $0.count ? $0[index] : nil }) ?? own else {
                throw EngineError(.attribute, "parameter `\(parameter)` of activation `\(name)` is missing")
            }
            values.append(value)
        }
        self.name = name
        self.values = values
        parameters = form.parameters
        function = form.make(values)
    }

    /// The function of each element; integers are cut to their type again.
    func applied(to tensor: Tensor, _ call: OperatorCall) throws(EngineError) -> Tensor {
        let isReal = tensor.elementType == .float || tensor.elementType == .double
        let numbers = isReal ? tensor : try call.cast(tensor, to: .double)
        return try call.cast(function.result(of: [numbers], call), to: tensor.elementType)
    }

    private static func elementwise(_ function: some RealFunction) -> any Operator {
        ElementwiseReal(function: function)
    }
}

/// A number held between two others.
private struct Clamp: RealFunction {
    let least: Float
    let greatest: Float

    func apply<Element: RealElement>(_ x: Element) -> Element {
        x < Element(least) ? Element(least) : x > Element(greatest) ? Element(greatest) : x
    }
}

/// `alpha · log(1 + exp(beta · x))`.
private struct ParametricSoftplus: RealFunction {
    let alpha: Float
    let beta: Float

    func apply<Element: RealElement>(_ x: Element) -> Element {
        Element(alpha) * Softplus().apply(Element(beta) * x)
    }
}

/// `alpha · tanh(beta · x)`.
private struct ScaledTanh: RealFunction {
    let alpha: Float
    let beta: Float

    func apply<Element: RealElement>(_ x: Element) -> Element { Element(alpha) * Element.tanh(Element(beta) * x) }
}

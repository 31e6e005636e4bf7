import OnnxIR

/// The Gaussian error linear unit, exact or by its approximation through `tanh`.
struct Gelu: RealFunction {
    enum Approximation: String, CaseIterable {
        case none
        case tanh
    }

    let approximation: Approximation

    static let definition = elementwise("Gelu", 20) { node throws(EngineError) in
        Gelu(approximation: try node.choice("approximate", default: .none))
    }

    /// ONNX Runtime's operator, which came before the standard's.
    static let microsoft = elementwise("Gelu", domain: .microsoft, 1) { _ throws(EngineError) in
        Gelu(approximation: .none)
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        switch approximation {
        case .none:
            return x / 2 * (1 + Element.erf(x * Element(0.5).squareRoot()))
        case .tanh:
            let cubic = x + Element(0.044715) * x * x * x
            return x / 2 * (1 + Element.tanh(Element(0.7978845608028654) * cubic))
        }
    }
}

import Glibc

/// `x * tanh(softplus(x))`.
struct Mish: RealFunction {

    static let definition = elementwise("Mish", 18, 22) { node throws(EngineError) in
        Mish()
    }

    func apply<Element: RealElement>(_ x: Element) -> Element {
        x * Element.tanh(x > 30 ? x : Element.log1p(Element.exp(x)))
    }
}

import Glibc

/// The next integer above.
struct Ceil: RealFunction {
    static let definition = elementwise("Ceil", 1, 6, 13) { _ throws(EngineError) in Ceil() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x.rounded(.up) }
}

/// The error function.
struct Erf: RealFunction {
    static let takesIntegers = true
    static let definition = elementwise("Erf", 9, 13) { _ throws(EngineError) in Erf() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.erf(x) }
}

/// The exponential.
struct Exp: RealFunction {
    static let definition = elementwise("Exp", 1, 6, 13) { _ throws(EngineError) in Exp() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.exp(x) }
}

/// The next integer below.
struct Floor: RealFunction {
    static let definition = elementwise("Floor", 1, 6, 13) { _ throws(EngineError) in Floor() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x.rounded(.down) }
}

/// The natural logarithm.
struct Log: RealFunction {
    static let definition = elementwise("Log", 1, 6, 13) { _ throws(EngineError) in Log() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.log(x) }
}

/// One divided by the element.
struct Reciprocal: RealFunction {
    static let definition = elementwise("Reciprocal", 1, 6, 13) { _ throws(EngineError) in Reciprocal() }

    func apply<Element: RealElement>(_ x: Element) -> Element { 1 / x }
}

/// The nearest integer, ties to even.
struct Round: RealFunction {
    static let definition = elementwise("Round", 11, 22) { _ throws(EngineError) in Round() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x.rounded(.toNearestOrEven) }
}

/// The logistic function.
struct Sigmoid: RealFunction {
    static let definition = elementwise("Sigmoid", 1, 6, 13) { _ throws(EngineError) in Sigmoid() }

    func apply<Element: RealElement>(_ x: Element) -> Element { 1 / (1 + Element.exp(-x)) }
}

/// `log(1 + exp(x))`.
struct Softplus: RealFunction {
    static let definition = elementwise("Softplus", 1, 22) { _ throws(EngineError) in Softplus() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x > 30 ? x : Element.log1p(Element.exp(x)) }
}

/// `x / (1 + |x|)`.
struct Softsign: RealFunction {
    static let definition = elementwise("Softsign", 1, 22) { _ throws(EngineError) in Softsign() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x / (1 + x.magnitude) }
}

/// The square root.
struct Sqrt: RealFunction {
    static let definition = elementwise("Sqrt", 1, 6, 13) { _ throws(EngineError) in Sqrt() }

    func apply<Element: RealElement>(_ x: Element) -> Element { x.squareRoot() }
}

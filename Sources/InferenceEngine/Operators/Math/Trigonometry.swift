import Glibc

/// The inverse cosine.
struct Acos: RealFunction {
    static let definition = elementwise("Acos", 7, 22) { _ throws(EngineError) in Acos() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.acos(x) }
}

/// The inverse hyperbolic cosine.
struct Acosh: RealFunction {
    static let definition = elementwise("Acosh", 9, 22) { _ throws(EngineError) in Acosh() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.acosh(x) }
}

/// The inverse sine.
struct Asin: RealFunction {
    static let definition = elementwise("Asin", 7, 22) { _ throws(EngineError) in Asin() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.asin(x) }
}

/// The inverse hyperbolic sine.
struct Asinh: RealFunction {
    static let definition = elementwise("Asinh", 9, 22) { _ throws(EngineError) in Asinh() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.asinh(x) }
}

/// The inverse tangent.
struct Atan: RealFunction {
    static let definition = elementwise("Atan", 7, 22) { _ throws(EngineError) in Atan() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.atan(x) }
}

/// The inverse hyperbolic tangent.
struct Atanh: RealFunction {
    static let definition = elementwise("Atanh", 9, 22) { _ throws(EngineError) in Atanh() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.atanh(x) }
}

/// The cosine.
struct Cos: RealFunction {
    static let definition = elementwise("Cos", 7, 22) { _ throws(EngineError) in Cos() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.cos(x) }
}

/// The hyperbolic cosine.
struct Cosh: RealFunction {
    static let definition = elementwise("Cosh", 9, 22) { _ throws(EngineError) in Cosh() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.cosh(x) }
}

/// The sine.
struct Sin: RealFunction {
    static let definition = elementwise("Sin", 7, 22) { _ throws(EngineError) in Sin() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.sin(x) }
}

/// The hyperbolic sine.
struct Sinh: RealFunction {
    static let definition = elementwise("Sinh", 9, 22) { _ throws(EngineError) in Sinh() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.sinh(x) }
}

/// The tangent.
struct Tan: RealFunction {
    static let definition = elementwise("Tan", 7, 22) { _ throws(EngineError) in Tan() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.tan(x) }
}

/// The hyperbolic tangent.
struct Tanh: RealFunction {
    static let definition = elementwise("Tanh", 1, 6, 13) { _ throws(EngineError) in Tanh() }

    func apply<Element: RealElement>(_ x: Element) -> Element { Element.tanh(x) }
}

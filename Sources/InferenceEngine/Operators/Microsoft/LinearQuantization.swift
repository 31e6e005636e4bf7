import Diagnostics
import OnnxIR
import Tensors

/// The scale and the zero point of a whole tensor.
struct LinearQuantization<Element: QuantizedElement> {
    let scale: Float
    let zero: Element

    @inline(__always)
    func real(_ number: Element) -> Float { scale * Float(Int32(number) - Int32(zero)) }

    @inline(__always)
    func number(_ real: Float) -> Element { held((real / scale).rounded(.toNearestOrEven)) }

    /// A rounded quotient plus the zero point, held within the type.
    @inline(__always)
    func held(_ quotient: Float) -> Element { Element(saturating: quotient + Float(zero)) }
}

extension OperatorCall {
    /// The scale and the zero point, 0 where it is left out, at two inputs.
    ///
    /// *Throws*: `shape` when one is not a single number.
    func quantization<Element: QuantizedElement>(
        _ type: Element.Type,
        scale: Int,
        zero: Int
    ) throws(EngineError) -> LinearQuantization<Element> {
        LinearQuantization(
            scale: try number(Float.self, scale),
            zero: hasInput(zero) ? try number(type, zero) : 0
        )
    }

    private func number<Element: TensorElement>(_ type: Element.Type, _ index: Int) throws(EngineError) -> Element {
        let tensor = try tensor(index)
        guard tensor.shape.elementCount == 1 else {
            throw EngineError(.shape, "input \(index) has shape \(tensor.shape), expected a scalar")
        }
        return try tensor.pointer(type)[0]
    }

    /// Numbers of one quantisation as those of another, with a function of what they stand for in between.
    ///
    /// PERF: there are only 256 numbers, and each is computed once.
    func requantized<Element: QuantizedElement>(
        _ input: Tensor,
        from source: LinearQuantization<Element>,
        to target: LinearQuantization<Element>,
        through function: (Float) -> Float = { $0 }
    ) throws(EngineError) -> Tensor {
        let table = (Element.min...Element.max).map { target.number(function(source.real($0))) }
        return try map(input) { (x: Element) in table[Int(x) &- Int(Element.min)] }
    }
}

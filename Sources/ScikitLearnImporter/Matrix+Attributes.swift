import OnnxIR

extension Attribute {
    /// The second operand of a `Gemm` is given as its transpose.
    static var transposesSecond: Attribute { Attribute("transB", .int(1)) }
}

import CKernels

/// What numbers of 8 bits stand for: one scale and at most one zero point, as operands of a kernel or values of a draft.
struct NumberForm<Operand: Sendable>: Sendable {
    let scale: Operand
    let zeroPoint: Operand?
    let isSigned: Bool
}

extension NumberForm<Int> {
    /// The operands after a kernel's number of others.
    init(behind count: Int, hasZeroPoint: Bool, isSigned: Bool) {
        self.init(scale: count, zeroPoint: hasZeroPoint ? count + 1 : nil, isSigned: isSigned)
    }

    @inline(__always)
    func with(_ call: borrowing KernelCall, _ body: (UnsafePointer<ck_quantization>) -> Void) {
        var quantization = ck_quantization()
        quantization.outer = 1
        quantization.channels = 1
        quantization.inner = 1
        quantization.scales = call.operands[scale].map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
        quantization.zero_points = zeroPoint.flatMap { call.operands[$0].map { UnsafeRawPointer($0) } }
        quantization.is_signed = isSigned
        withUnsafePointer(to: quantization, body)
    }
}

/// How the results of a convolution become numbers of 8 bits.
struct ConvRounding: Sendable {
    /// What is added to a sum: numbers, what they stand for, and what the sum is rounded to before.
    struct Residual: Sendable {
        let numbers: Int
        let form: NumberForm<Int>
        let sum: NumberForm<Int>
    }

    let result: NumberForm<Int>
    var sum: Residual?

    @inline(__always)
    func with(_ call: borrowing KernelCall, _ body: (UnsafePointer<ck_conv_rounding>) -> Void) {
        result.with(call) { result in
            var rounding = ck_conv_rounding()
            rounding.result = result
            guard let sum else { return withUnsafePointer(to: rounding, body) }
            rounding.residual = call.operands[sum.numbers].map {
                UnsafePointer($0.assumingMemoryBound(to: UInt8.self))
            }
            sum.form.with(call) { form in
                rounding.residual_form = form
                sum.sum.with(call) { form in
                    rounding.sum = form
                    withUnsafePointer(to: rounding, body)
                }
            }
        }
    }
}

import CKernels
import Tensors

/// Keeps values between kernels of 8-bit numbers in 8 bits: where all that read a value quantise it alike, what makes it
/// quantises it, and sums of such values are taken by the convolution that makes one of them.
///
/// NUMERICS: a convolution's results are divided by their scale before they are rounded to floats, and may end at the
/// other one of two numbers that they lie between.
enum EightBitFusion {
    static func apply(to draft: inout Draft, tables: KernelTables) {
        let plan = EightBitPlan(draft)
        guard !plan.forms.isEmpty else { return }
        var rewrite = EightBitRewrite(plan: plan, tables: tables, draft: draft)
        if rewrite.run() { draft = rewrite.draft }
    }
}

/// A form whose numbers are known before the run.
struct KnownForm: Equatable {
    let scale: Float
    let zeroPoint: Int
    let isSigned: Bool
}

extension Draft {
    /// What a form of constants stands for; `nil` for others and for scales that kernels do not divide by.
    func known(_ form: NumberForm<DraftValue>) -> KnownForm? {
        guard let scale = constant(form.scale, as: Float.self), scale > 0x1p-60, scale < 0x1p60 else { return nil }
        guard let value = form.zeroPoint else { return KnownForm(scale: scale, zeroPoint: 0, isSigned: form.isSigned) }
        let zero =
            form.isSigned
            ? constant(value, as: Int8.self).map { Int($0) } : constant(value, as: UInt8.self).map { Int($0) }
        return zero.map { KnownForm(scale: scale, zeroPoint: $0, isSigned: form.isSigned) }
    }

    private func constant<Element: BitwiseCopyable>(_ value: DraftValue, as type: Element.Type) -> Element? {
        guard case .constant(let region) = contents[root(value)].origin, contents[value].shape.elementCount == 1,
            region.bytes.count >= MemoryLayout<Element>.size
        else { return nil }
        return region.bytes.loadUnaligned(as: type)
    }
}

extension Draft.Step {
    /// What a convolution reads its input as, and a quantisation its one.
    var inputForm: NumberForm<DraftValue>? {
        if let conv = kernel as? IntegerConvKernel { return form(conv.form) }
        guard let kernel = kernel as? QuantizationKernel, kernel.direction == .requantize, kernel.channels == 1 else {
            return nil
        }
        return form(NumberForm(behind: 1, hasZeroPoint: kernel.hasZeroPoints, isSigned: kernel.isSigned))
    }

    private func form(_ form: NumberForm<Int>) -> NumberForm<DraftValue>? {
        guard form.scale < inputs.count, form.zeroPoint.map({ $0 < inputs.count }) ?? true else { return nil }
        return NumberForm(
            scale: inputs[form.scale],
            zeroPoint: form.zeroPoint.map { inputs[$0] },
            isSigned: form.isSigned
        )
    }
}

import CKernels
import Tensors

/// A draft whose values become numbers of 8 bits as a plan says.
struct EightBitRewrite {
    let plan: EightBitPlan
    let tables: KernelTables
    var draft: Draft
    /// What stands for the values in 8 bits.
    private var numbers: [DraftValue: DraftValue] = [:]
    private var isWhole = true

    init(plan: EightBitPlan, tables: KernelTables, draft: Draft) {
        self.plan = plan
        self.tables = tables
        self.draft = draft
    }

    /// Rewrites the steps; `false` when one could not be, and the draft is of no use.
    mutating func run() -> Bool {
        let steps = draft.steps
        draft.steps = []
        for (index, step) in steps.enumerated() where !plan.replaced.contains(index) {
            guard let made = rewritten(step, sum: plan.sums[index], steps) else { continue }
            draft.steps.append(made)
        }
        return isWhole
    }

    private mutating func rewritten(_ step: Draft.Step, sum: EightBitPlan.Sum?, _ steps: [Draft.Step]) -> Draft.Step? {
        if let sum, let kernel = step.kernel as? BinaryKernel {
            var made = steps[sum.convolution]
            guard var conv = made.kernel as? IntegerConvKernel, let form = steps[sum.rounding].inputForm,
                let residual = numbers[sum.residual], let residualForm = plan.forms[sum.residual]
            else {
                isWhole = false
                return step
            }
            conv.epilogue.activation = kernel.activation
            made.outputs = step.outputs
            let position = made.inputs.count
            made.inputs.append(residual)
            let parts = ConvRounding.Residual(
                numbers: position,
                form: made.append(residualForm),
                sum: made.append(form)
            )
            return convolution(made, conv, adding: parts)
        }
        if let conv = step.kernel as? IntegerConvKernel { return convolution(step, conv) }
        guard let input = step.inputs.first, let source = numbers[input] else { return step }
        if let pool = step.kernel as? PoolingKernel { return pooling(step, pool, source) }
        if let output = step.outputs.first, plan.forms[output] != nil {
            numbers[output] = source
            return nil
        }
        return blocks(step, source)
    }

    private mutating func convolution(
        _ step: Draft.Step,
        _ conv: IntegerConvKernel,
        adding residual: ConvRounding.Residual? = nil
    ) -> Draft.Step {
        var step = step
        var layout = conv.layout
        if let input = step.inputs.first, let source = numbers[input] {
            step.inputs[0] = source
            layout = .channelsLast
        }
        var results = conv.results
        if let output = step.outputs.first, let form = plan.forms[output] {
            results = .numbers(ConvRounding(result: step.append(form), sum: residual))
            step.outputs = [numberValue(for: output)]
        }
        var kernel = IntegerConvKernel(conv.shape, layout: layout, form: conv.form, results: results, tables: tables)
        kernel.epilogue = conv.epilogue
        step.kernel = kernel
        return step
    }

    private mutating func pooling(_ step: Draft.Step, _ pool: PoolingKernel, _ source: DraftValue) -> Draft.Step {
        var step = step
        guard let output = step.outputs.first, plan.forms[output] != nil else {
            isWhole = false
            return step
        }
        var shape = pool.shape
        shape.layout = CK_CHANNELS_LAST
        step.kernel = NumberPoolingKernel(shape: shape)
        step.inputs = [source]
        step.outputs = [numberValue(for: output)]
        return step
    }

    /// A step that makes floats of numbers, for one that made numbers of floats first.
    private func blocks(_ step: Draft.Step, _ source: DraftValue) -> Draft.Step {
        var step = step
        let form = NumberForm<Int>(
            behind: 1,
            hasZeroPoint: step.inputForm?.zeroPoint != nil,
            isSigned: step.inputForm?.isSigned ?? false
        )
        step.kernel = NumberBlocksKernel(draft.contents[source].shape, form: form)
        step.inputs[0] = source
        return step
    }

    private mutating func numberValue(for value: DraftValue) -> DraftValue {
        let made = draft.newValue(.computed, .uint8, draft.contents[value].shape, .channelsLast)
        numbers[value] = made
        return made
    }
}

extension Draft.Step {
    /// Adds a form to the operands.
    fileprivate mutating func append(_ form: NumberForm<DraftValue>) -> NumberForm<Int> {
        let made = NumberForm<Int>(
            behind: inputs.count,
            hasZeroPoint: form.zeroPoint != nil,
            isSigned: form.isSigned
        )
        inputs.append(form.scale)
        if let zeroPoint = form.zeroPoint { inputs.append(zeroPoint) }
        return made
    }
}

import CKernels
import Tensors

/// Which values of a draft become numbers of 8 bits, and which sums convolutions take.
struct EightBitPlan {
    /// Two values that are made of numbers and added: what makes the one takes the other.
    struct Sum {
        /// The steps that make the one value, and its floats of numbers again.
        let convolution: Int
        let rounding: Int
        /// The value in 8 bits that is added.
        let residual: DraftValue
    }

    /// What the values in 8 bits stand for.
    private(set) var forms: [DraftValue: NumberForm<DraftValue>] = [:]
    /// Sums, by their step.
    private(set) var sums: [Int: Sum] = [:]
    /// Steps that sums do the work of.
    private(set) var replaced: Set<Int> = []

    private let draft: Draft
    private var makers: [DraftValue: Int] = [:]
    private var readers: [DraftValue: Set<Int>] = [:]
    /// What those that read a value quantise it by.
    private var wanted: [DraftValue: NumberForm<DraftValue>] = [:]

    init(_ draft: Draft) {
        self.draft = draft
        for (index, step) in draft.steps.enumerated() {
            for output in step.outputs { makers[output] = index }
            for input in step.inputs { readers[draft.root(input), default: []].insert(index) }
        }
        findWanted()
        for index in draft.steps.indices { decide(index) }
    }

    // MARK: What is asked for

    private mutating func findWanted() {
        let handedOn = Set(draft.outputs.map { draft.root($0) })
        for step in draft.steps.reversed() {
            guard step.outputs.count == 1, let value = step.outputs.first, !handedOn.contains(value),
                draft.contents[value].layout == .blocked, case .computed = draft.contents[value].origin
            else { continue }
            wanted[value] = wantedForm(of: value)
        }
    }

    /// What all that read a value quantise it by; `nil` where one reads something else.
    private func wantedForm(of value: DraftValue) -> NumberForm<DraftValue>? {
        var found: (form: NumberForm<DraftValue>, known: KnownForm)?
        for reader in (readers[value] ?? []).sorted() {
            let step = draft.steps[reader]
            guard step.inputs.filter({ draft.root($0) == value }).count == 1, step.inputs.first == value,
                let form = step.isMaxPool ? step.outputs.first.flatMap({ wanted[$0] }) : step.inputForm,
                let known = draft.known(form), found.map({ $0.known == known }) ?? true
            else { return nil }
            found = found ?? (form, known)
        }
        return found?.form
    }

    // MARK: What is made

    private mutating func decide(_ index: Int) {
        let step = draft.steps[index]
        guard let value = step.outputs.first, let form = wanted[value] else { return }
        if let conv = step.kernel as? IntegerConvKernel {
            guard conv.makesFloats, conv.epilogue.residual == nil, let own = step.inputForm, draft.known(own) != nil
            else { return }
            forms[value] = form
        } else if step.isMaxPool {
            if let input = step.inputs.first, forms[input] != nil { forms[value] = form }
        } else if step.kernel is QuantizationKernel {
            // Numbers that are quantised again as they were are themselves.
            guard let source = step.inputs.first, let own = forms[source], draft.known(own) == draft.known(form) else {
                return
            }
            forms[value] = form
        } else if let sum = sum(of: step, at: index) {
            sums[index] = sum
            replaced.formUnion([sum.convolution, sum.rounding])
            forms[value] = form
        }
    }

    /// The sum that a step adds, where a convolution can take it.
    private func sum(of step: Draft.Step, at index: Int) -> Sum? {
        guard let kernel = step.kernel as? BinaryKernel, kernel.operation == CK_BINARY_ADD, step.inputs.count == 2,
            let value = step.outputs.first, kernel.activation.isIdentity || kernel.activation.followsConvolutions
        else { return nil }
        let shape = draft.contents[value].shape
        guard
            step.inputs.allSatisfy({
                draft.contents[$0].layout == .blocked && draft.contents[$0].shape.dimensions == shape.dimensions
            })
        else { return nil }
        for side in 0..<2 {
            guard let (rounding, source) = numbers(of: step.inputs[side]), readers[step.inputs[side]] == [index],
                readers[source] == [rounding], let maker = makers[source], !replaced.contains(maker),
                let conv = draft.steps[maker].kernel as? IntegerConvKernel, conv.epilogue.activation.isIdentity,
                let (_, residual) = numbers(of: step.inputs[1 - side]), residual != source
            else { continue }
            return Sum(convolution: maker, rounding: rounding, residual: residual)
        }
        return nil
    }

    /// The step that makes a value of a value in 8 bits, and that value.
    private func numbers(of value: DraftValue) -> (step: Int, source: DraftValue)? {
        guard let maker = makers[value], draft.steps[maker].kernel is QuantizationKernel,
            draft.steps[maker].inputForm != nil, let source = draft.steps[maker].inputs.first, forms[source] != nil
        else { return nil }
        return (maker, source)
    }
}

extension Draft.Step {
    /// Whether the greatest of quantised values are the quantised greatest.
    var isMaxPool: Bool {
        guard let kernel = kernel as? PoolingKernel else { return false }
        return kernel.isMaximum && kernel.shape.layout == CK_BLOCKED
    }
}

extension IntegerConvKernel {
    var makesFloats: Bool {
        if case .floats = results { return true }
        return false
    }
}

import CKernels
import Diagnostics
import OnnxIR
import Tensors

/// One node while it is lowered: what is known of its operands, and the draft that takes its kernels.
struct Lowering {
    let tables: KernelTables
    let precision: Precision
    let place: Place
    /// What is known of the inputs; `nil` for one that is not given.
    let inputs: [Facts?]
    let outputs: [Facts?]
    private let inputIDs: [ValueID?]
    private let outputIDs: [ValueID?]
    var segment: SegmentDraft

    init(
        _ node: LoadedNode,
        facts: GraphFacts,
        tables: KernelTables,
        precision: Precision,
        segment: SegmentDraft
    ) {
        self.tables = tables
        self.precision = precision
        place = node.place
        inputs = node.inputs.map { $0.map { facts[$0] } }
        outputs = node.outputs.map { $0.map { facts[$0] } }
        inputIDs = node.inputs
        outputIDs = node.outputs
        self.segment = segment
    }

    // MARK: What is known

    func has(_ index: Int) -> Bool { index < inputIDs.count && inputIDs[index] != nil }

    /// Whether an output is asked for.
    func names(output index: Int) -> Bool { index < outputIDs.count && outputIDs[index] != nil }

    var inputCount: Int { inputIDs.count }

    func elementType(_ index: Int) -> ElementType? { has(index) ? inputs[index]?.elementType : nil }

    /// The shape of an input that is there.
    func shape(_ index: Int) -> Shape? { has(index) ? inputs[index]?.fixedShape : nil }

    func outputShape(_ index: Int = 0) -> Shape? { names(output: index) ? outputs[index]?.fixedShape : nil }

    func outputType(_ index: Int = 0) -> ElementType? { names(output: index) ? outputs[index]?.elementType : nil }

    /// Whether these inputs are there and hold floats.
    func areFloats(_ indices: Int...) -> Bool { indices.allSatisfy { elementType($0) == .float && shape($0) != nil } }

    /// An input that is known before the run.
    func constant(_ index: Int) -> Tensor? {
        guard has(index), let id = inputIDs[index] else { return nil }
        return segment.constant(id)
    }

    /// The integers of an input that is known before the run.
    func integers(_ index: Int) -> [Int]? { has(index) ? inputs[index]?.integers : nil }

    // MARK: Operands

    /// Whether an input is at hand in blocks of channels already.
    func isBlocked(_ index: Int) -> Bool {
        guard has(index), let id = inputIDs[index] else { return false }
        return segment.isBlocked(id)
    }

    /// An input, row-major.
    mutating func plain(_ index: Int) -> DraftValue? {
        guard has(index), let id = inputIDs[index], let facts = inputs[index] else { return nil }
        return segment.plain(id, facts, place)
    }

    /// An input, row-major, on any boundary.
    mutating func bytes(_ index: Int) -> DraftValue? {
        guard has(index), let id = inputIDs[index], let facts = inputs[index] else { return nil }
        return segment.bytes(id, facts, place)
    }

    /// An input in blocks of channels.
    mutating func blocked(_ index: Int) -> DraftValue? {
        guard has(index), let id = inputIDs[index], let facts = inputs[index] else { return nil }
        return segment.blocked(id, facts, place)
    }

    /// The value of the graph that an input is.
    func inputID(_ index: Int) -> ValueID? { has(index) ? inputIDs[index] : nil }

    // MARK: Quantised values

    /// Says that an output holds the numbers of a quantised `float` value.
    mutating func noteQuantised(_ source: QuantisedValue) {
        guard case let id?? = outputIDs.first else { return }
        segment.quantised[id] = source
    }

    func outputID(_ index: Int) -> ValueID? { names(output: index) ? outputIDs[index] : nil }

    /// What an input holds the numbers of, when the segment quantises it.
    func quantised(_ index: Int) -> QuantisedValue? { inputID(index).flatMap { segment.quantised[$0] } }

    /// Says that an output is made of the numbers of 8 bits at the first input.
    mutating func noteDequantised(_ kernel: QuantizationKernel, from source: QuantisedValue? = nil) {
        guard let output = outputID(0), let facts = outputs[0], let numbers = inputID(0) else { return }
        var parameters: [(id: ValueID, facts: Facts)] = []
        for index in 1...2 {
            guard let id = inputID(index), let facts = inputs[index] else { continue }
            parameters.append((id, facts))
        }
        segment.dequantised[output] = DequantisedValue(
            numbers: numbers,
            parameters: parameters,
            kernel: kernel,
            source: source?.source ?? output,
            sourceFacts: source?.facts ?? facts
        )
    }

    /// What an input is made of, when the segment dequantises it.
    func dequantised(_ index: Int) -> DequantisedValue? { inputID(index).flatMap { segment.dequantised[$0] } }

    /// A value of the graph in the layout in which it is at hand, row-major unless that is blocks of channels.
    mutating func atHand(_ value: QuantisedValue) -> (value: DraftValue, layout: Layout)? {
        if segment.isBlocked(value.source) {
            return segment.blocked(value.source, value.facts, place).map { ($0, .blocked) }
        }
        return segment.plain(value.source, value.facts, place).map { ($0, .plain) }
    }

    /// Makes the first output of elements that do not change from run to run, and only once they are asked for.
    mutating func defineConstant(_ make: @escaping () -> MemoryRegion?) {
        guard let type = outputType(), let shape = outputShape(), let id = outputID(0) else { return }
        segment.define(id) { make().flatMap { try? Tensor.over($0, type, shape) } }
    }

    /// Whether two values of the graph are one, or constants of the same bytes.
    func areSame(_ first: ValueID?, _ second: ValueID?) -> Bool {
        guard let first, let second, first != second else { return first == second }
        guard let one = segment.constants[first]?.tensor, let other = segment.constants[second]?.tensor,
            one.elementType == other.elementType, let bytes = one.region?.bytes, let others = other.region?.bytes
        else { return false }
        return one.shape.elementCount == other.shape.elementCount && bytes.elementsEqual(others)
    }

    // MARK: Results

    /// Adds a kernel whose outputs are the node's.
    mutating func emit(_ kernel: some Kernel, _ inputs: [DraftValue], layout: Layout = .plain, outputs count: Int = 1) {
        emit(kernel, inputs, layout: layout, outputs: 0..<count)
    }

    /// Adds a kernel whose outputs are some of the node's.
    mutating func emit(
        _ kernel: some Kernel,
        _ inputs: [DraftValue],
        layout: Layout = .plain,
        outputs indices: Range<Int>
    ) {
        var results: [(id: ValueID, value: DraftValue)] = []
        for index in indices {
            guard names(output: index), let id = outputIDs[index], let type = outputs[index]?.elementType,
                let shape = outputs[index]?.fixedShape
            else { continue }
            results.append((id, segment.draft.newValue(.computed, type, shape, layout)))
        }
        segment.draft.steps.append(
            Draft.Step(place: place, kernel: kernel, inputs: inputs, outputs: results.map(\.value))
        )
        for result in results { segment.define(result.id, as: result.value, layout) }
    }

    /// An output that the node has made, as an operand of its other kernels.
    mutating func made(_ index: Int) -> DraftValue? {
        guard let id = outputID(index), let facts = outputs[index] else { return nil }
        return segment.plain(id, facts, place)
    }

    /// Adds a kernel whose output another kernel of the node reads.
    mutating func emitInner(
        _ kernel: some Kernel,
        _ inputs: [DraftValue],
        _ type: ElementType,
        _ shape: Shape,
        layout: Layout = .plain
    ) -> DraftValue {
        let result = segment.draft.newValue(.computed, type, shape, layout)
        segment.draft.steps.append(Draft.Step(place: place, kernel: kernel, inputs: inputs, outputs: [result]))
        return result
    }

    /// Adds a kernel with several outputs, which other kernels of the node read.
    mutating func emitInner(
        _ kernel: some Kernel,
        _ inputs: [DraftValue],
        _ results: [(type: ElementType, shape: Shape)]
    ) -> [DraftValue] {
        let values = results.map { segment.draft.newValue(.computed, $0.type, $0.shape) }
        segment.draft.steps.append(Draft.Step(place: place, kernel: kernel, inputs: inputs, outputs: values))
        return values
    }

    /// Makes an output of an input's elements under the output's shape.
    mutating func emitView(of value: DraftValue, layout: Layout = .plain, output index: Int = 0) {
        guard let type = outputType(index), let shape = outputShape(index), let id = outputIDs[index] else { return }
        segment.define(id, as: segment.draft.newValue(.view(value), type, shape, layout), layout)
    }

    /// Memory that never changes, as an operand.
    mutating func addConstant(_ region: MemoryRegion, _ type: ElementType, _ shape: Shape) -> DraftValue {
        segment.draft.newValue(.constant(region), type, shape)
    }

    /// Memory that is made once of constants, such as packed weights, and shared by all plans of the session.
    mutating func packed(
        _ key: PackedConstants.Key,
        of source: Tensor,
        byteCount: Int,
        _ pack: (UnsafeMutableRawPointer) -> Void
    ) -> DraftValue? {
        guard let region = packedRegion(key, of: source, byteCount: byteCount, pack), let shape = Shape([byteCount])
        else { return nil }
        return segment.draft.newValue(.constant(region), .uint8, shape)
    }

    func packedRegion(
        _ key: PackedConstants.Key,
        of source: Tensor,
        byteCount: Int,
        _ pack: (UnsafeMutableRawPointer) -> Void
    ) -> MemoryRegion? {
        segment.packed.region(for: key, of: source, byteCount: byteCount, pack)
    }
}

import CKernels
import Diagnostics
import OnnxIR
import Tensors

/// A run of nodes on the way to a segment: the draft, and where each value of the graph is in it.
struct SegmentDraft {
    var draft = Draft()
    private(set) var constants: [ValueID: Value]
    let packed: PackedConstants
    /// Values of the graph that the segment reads, in the order of its inputs.
    private(set) var inputs: [ValueID] = []
    /// Values of the graph that the segment makes.
    private(set) var results: [ValueID] = []
    /// Of values that the segment quantises, what they hold the numbers of.
    var quantised: [ValueID: QuantisedValue] = [:]
    /// Of values that the segment makes of numbers of 8 bits, those numbers.
    var dequantised: [ValueID: DequantisedValue] = [:]
    /// Constants that are made of others once they are asked for.
    private var deferred: [ValueID: () -> Tensor?] = [:]
    private var plainValues: [ValueID: DraftValue] = [:]
    private var blockedValues: [ValueID: DraftValue] = [:]

    init(constants: [ValueID: Value], packed: PackedConstants) {
        self.constants = constants
        self.packed = packed
    }

    func isBlocked(_ id: ValueID) -> Bool { blockedValues[id] != nil }

    /// A value of the graph that is known before the run.
    func constant(_ id: ValueID) -> Tensor? { constants[id]?.tensor ?? deferred[id]?() }

    /// A value of the graph, row-major; taken from outside of the segment the first time, put in order if it must be.
    mutating func plain(_ id: ValueID, _ facts: Facts, _ place: Place) -> DraftValue? {
        if let value = plainValues[id] { return value }
        guard let type = facts.elementType, let shape = facts.fixedShape else { return nil }
        let value: DraftValue
        if let blocked = blockedValues[id] {
            value = draft.newValue(.computed, type, shape)
            draft.steps.append(
                Draft.Step(place: place, kernel: Reorder(shape, to: .plain), inputs: [blocked], outputs: [value])
            )
        } else if constants[id] != nil || deferred[id] != nil {
            guard let tensor = constant(id), tensor.shape == shape, tensor.elementType == type,
                let region = try? tensor.alignedRegion()
            else { return nil }
            value = draft.newValue(.constant(region), type, shape)
        } else {
            value = draft.newValue(.input(inputs.count), type, shape)
            inputs.append(id)
        }
        plainValues[id] = value
        return value
    }

    /// A value of the graph, row-major, for a kernel that reads bytes: a constant stays on the boundary that it lies on.
    mutating func bytes(_ id: ValueID, _ facts: Facts, _ place: Place) -> DraftValue? {
        guard plainValues[id] == nil, let tensor = constants[id]?.tensor, let region = tensor.region,
            region.bytes.baseAddress != nil, tensor.shape == facts.fixedShape, tensor.elementType == facts.elementType
        else { return plain(id, facts, place) }
        return draft.newValue(.constant(region), tensor.elementType, tensor.shape)
    }

    /// A value of the graph in blocks of channels.
    mutating func blocked(_ id: ValueID, _ facts: Facts, _ place: Place) -> DraftValue? {
        if let value = blockedValues[id] { return value }
        guard let type = facts.elementType, type == .float, let shape = facts.fixedShape, shape.rank >= 3,
            let plain = plain(id, facts, place)
        else { return nil }
        let value = draft.newValue(.computed, type, shape, .blocked)
        draft.steps.append(
            Draft.Step(place: place, kernel: Reorder(shape, to: .blocked), inputs: [plain], outputs: [value])
        )
        blockedValues[id] = value
        return value
    }

    /// Says where a value of the graph is that the segment makes.
    mutating func define(_ id: ValueID, as value: DraftValue, _ layout: Layout) {
        results.append(id)
        switch layout {
        case .plain: plainValues[id] = value
        case .blocked: blockedValues[id] = value
        case .channelsLast: break
        }
    }

    /// Says that a value of the graph is a constant, which is made of others once it is asked for.
    mutating func define(_ id: ValueID, as constant: @escaping () -> Tensor?) {
        results.append(id)
        deferred[id] = constant
    }
}

/// A `float` value whose numbers of 8 bits another value holds, with the scale and the zero point that made them.
struct QuantisedValue {
    let source: ValueID
    let facts: Facts
    let scale: ValueID
    let zeroPoint: ValueID?
}

/// A `float` value that is made of numbers of 8 bits.
struct DequantisedValue {
    let numbers: ValueID
    /// The scales and, if there are any, the zero points.
    let parameters: [(id: ValueID, facts: Facts)]
    /// How scales and zero points lie over the numbers.
    let kernel: QuantizationKernel
    /// A `float` value that gives these numbers when it is quantised: what they were made of, or the value itself.
    let source: ValueID
    let sourceFacts: Facts
}

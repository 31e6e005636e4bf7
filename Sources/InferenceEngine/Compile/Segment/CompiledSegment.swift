import CKernels
import Diagnostics
import OnnxIR
import Synchronization
import Tensors

/// Nodes that run as one: kernels in order on places in one block of memory, all of it settled beforehand.
struct CompiledSegment: Operator {
    /// Where an operand lies.
    enum Location: Sendable {
        case input(Int)
        case output(Int)
        case arena(Int)
        case constant(MemoryRegion)
    }

    struct Step: Sendable {
        let place: Place
        let kernel: any Kernel
        /// The first of its operands among those of the segment.
        let firstOperand: Int
        let inputCount: Int
        /// Bytes of its operands.
        let byteCount: Int
    }

    let steps: [Step]
    /// The operands of all steps, one behind the other.
    let operands: [Location]
    let inputs: [(type: ElementType, shape: Shape)]
    let outputs: [(type: ElementType, shape: Shape, place: Place)]
    /// Bytes of the values between kernels, and behind them of the kernels' scratch.
    let valueByteCount: Int
    let scratchByteCount: Int
    /// Bytes of all that it hands on.
    private let outputByteCount: Int
    let tables: KernelTables
    private let frames: FramePool

    init(_ layout: SegmentLayout, tables: KernelTables) {
        steps = layout.steps
        operands = layout.operands
        inputs = layout.inputs
        outputs = layout.outputs
        valueByteCount = layout.valueByteCount
        scratchByteCount = layout.scratchByteCount
        outputByteCount = layout.outputs.reduce(0) { $0 + ($1.type.byteCount(of: $1.shape.elementCount) ?? 0) }
        self.tables = tables
        frames = FramePool(operands: layout.operands, byteCount: layout.valueByteCount + layout.scratchByteCount)
    }

    /// Memory for runs of the caller's own.
    func newFrame() throws(EngineError) -> Frame { try frames.take() }

    var arenaByteCount: Int { valueByteCount + scratchByteCount }

    func infer(_ inputs: InputFacts) -> [Facts] {
        outputs.map { .tensor($0.type, $0.shape.dimensions.map { .fixed($0) }) }
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let frame = try locating(steps.first?.place ?? .file("")) { () throws(EngineError) in
            try call.state.checkScratch(arenaByteCount + outputByteCount)
            return try frames.take()
        }
        defer { frames.give(back: frame) }
        var sources: [MemoryRegion] = []
        for (index, expected) in inputs.enumerated() {
            let tensor = try call.tensor(index)
            guard tensor.elementType == expected.type, tensor.shape == expected.shape,
                let region = try tensor.alignedRegion()
            else {
                throw EngineError(
                    .shape,
                    "a value is `\(tensor.elementType.name)` \(tensor.shape), expected `\(expected.type.name)` \(expected.shape)"
                )
            }
            sources.append(region)
        }
        for (index, source) in sources.enumerated() {
            frame.place(input: index, at: UnsafeMutableRawPointer(mutating: source.bytes.baseAddress))
        }
        var results: [Value] = []
        results.reserveCapacity(outputs.count)
        var regions: [MemoryRegion] = []
        for (index, output) in outputs.enumerated() {
            try locating(output.place) { () throws(EngineError) in try call.state.check(output.type, output.shape) }
            let byteCount = output.type.byteCount(of: output.shape.elementCount) ?? 0
            let region = try Self.allocated(byteCount) { frame.place(output: index, at: $0) }
            regions.append(region)
        }
        try run(in: frame, call.state)
        withExtendedLifetime(sources) {}
        for (output, region) in zip(outputs, regions) {
            results.append(.tensor(try .over(region, output.type, output.shape)))
        }
        return results
    }

    /// Runs the kernels on a frame whose inputs and outputs are placed; allocates nothing.
    func run(in frame: Frame, _ state: RunState? = nil) throws(EngineError) {
        let profile = state?.profile
        ck_pool_enter(tables.pool)
        defer { ck_pool_leave(tables.pool) }
        for step in steps {
            if let state { try state.checkStopped() }
            let started = profile == nil ? 0 : RunProfile.now()
            let call = KernelCall(
                operands: frame.operands + step.firstOperand,
                inputCount: step.inputCount,
                scratch: frame.scratch(at: valueByteCount),
                tables: tables
            )
            try locating(step.place) { () throws(EngineError) in try step.kernel.run(call) }
            profile?.note(
                step.kernel.label,
                step.place.description,
                since: started,
                operations: step.kernel.floatingPointOperationCount,
                byteCount: step.byteCount
            )
        }
    }

    private static func allocated(
        _ byteCount: Int,
        _ place: (UnsafeMutableRawPointer?) -> Void
    ) throws(EngineError) -> MemoryRegion {
        do {
            return try .allocate(byteCount: byteCount, zeroed: false) { bytes throws(TensorError) in
                place(bytes.baseAddress)
            }
        } catch {
            throw EngineError(.memory, error.message)
        }
    }
}

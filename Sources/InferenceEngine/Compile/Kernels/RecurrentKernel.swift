import CKernels
import Glibc

/// The steps of a recurrent layer, whose inputs are multiplied by their weights beforehand.
struct RecurrentKernel: Kernel {
    enum Cell: Sendable {
        case gru
        case lstm
        case rnn
    }

    /// One direction; operands by their numbers among the kernel's inputs.
    struct Way: Sendable {
        let projected: Int
        let recurrence: Int
        let hiddenBias: Int?
        let peepholes: Int?
        let isReverse: Bool
        let activations: [ck_activation]
    }

    let cell: Cell
    let gateCount: Int
    let length: Int
    let batch: Int
    let hidden: Int
    let ways: [Way]
    let clip: Float
    let couplesForget: Bool
    let resetsProduct: Bool
    /// The inputs with the states before the first step; zeros where there are none.
    let initialStates: [Int?]
    /// The outputs, by their numbers: of all steps, and of the last states.
    let allOutput: Int?
    let lastOutputs: [Int?]
    let scratchByteCount: Int
    private let cellScratchCount: Int

    init(
        cell: Cell,
        gateCount: Int,
        length: Int,
        batch: Int,
        hidden: Int,
        ways: [Way],
        clip: Float,
        couplesForget: Bool,
        resetsProduct: Bool,
        initialStates: [Int?],
        allOutput: Int?,
        lastOutputs: [Int?],
        tables: KernelTables
    ) {
        self.cell = cell
        self.gateCount = gateCount
        self.length = length
        self.batch = batch
        self.hidden = hidden
        self.ways = ways
        self.clip = clip
        self.couplesForget = couplesForget
        self.resetsProduct = resetsProduct
        self.initialStates = initialStates
        self.allOutput = allOutput
        self.lastOutputs = lastOutputs
        cellScratchCount = tables.kernels.pointee.f32_recurrent_scratch_size(batch, hidden)
        scratchByteCount = (cellScratchCount + 2 * ways.count * batch * hidden) * MemoryLayout<Float>.stride
    }

    var label: String {
        "\(cell) \(length) steps × \(batch)×\(hidden)" + (ways.count > 1 ? ", both ways" : "")
    }
    var floatingPointOperationCount: Int { 2 * ways.count * length * batch * gateCount * hidden * hidden }

    func run(_ call: borrowing KernelCall) {
        guard let scratch = call.scratch?.assumingMemoryBound(to: Float.self) else { return }
        let kernels = call.tables.kernels.pointee
        let run = cell == .lstm ? kernels.f32_lstm : cell == .gru ? kernels.f32_gru : kernels.f32_rnn
        let stateCount = batch * hidden
        for (index, way) in ways.enumerated() {
            var layer = ck_recurrent()
            layer.length = length
            layer.batch = batch
            layer.hidden = hidden
            layer.projected = call.input(way.projected)
            layer.projected_step_stride = batch * gateCount * hidden
            layer.projected_sample_stride = gateCount * hidden
            layer.recurrence = call.input(way.recurrence)
            layer.hidden_bias = way.hiddenBias.flatMap { call.input($0) }
            layer.peepholes = way.peepholes.flatMap { call.input($0) }
            layer.is_reverse = way.isReverse
            layer.couples_forget = couplesForget
            layer.resets_product = resetsProduct
            layer.clip = clip
            layer.activations = (
                way.activations[0], way.activations[min(1, way.activations.count - 1)],
                way.activations[way.activations.count - 1]
            )
            layer.h = state(0, index, call, scratch + cellScratchCount)
            if cell == .lstm { layer.c = state(1, index, call, scratch + cellScratchCount) }
            layer.output = allOutput.flatMap { call.output($0) }.map { $0 + index * stateCount }
            layer.output_step_stride = ways.count * stateCount
            layer.output_sample_stride = hidden
            layer.scratch = scratch
            withUnsafePointer(to: layer) { run($0, call.tables.pool) }
        }
    }

    /// Where a state of one direction lies while the layer runs, with its first value.
    private func state(
        _ number: Int,
        _ way: Int,
        _ call: borrowing KernelCall,
        _ spare: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
        let count = batch * hidden
        let all = lastOutputs[number].flatMap { call.output($0) } ?? spare + number * ways.count * count
        let place = all + way * count
        if let initial = initialStates[number].flatMap({ call.input($0) }) {
            memcpy(place, initial + way * count, count * MemoryLayout<Float>.stride)
        } else {
            memset(place, 0, count * MemoryLayout<Float>.stride)
        }
        return place
    }
}

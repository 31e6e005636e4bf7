import Diagnostics
import Glibc
import Synchronization
import Tensors

/// The memory of one run of a segment: its values, scratch for its kernels, and the addresses of all operands.
// SAFETY: a frame is used by one run at a time; the pool hands it from thread to thread under its lock.
final class Frame: @unchecked Sendable {
    let operands: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let base: UnsafeMutableRawPointer?
    private let inputPlaces: [[Int]]
    private let outputPlaces: [[Int]]

    fileprivate init?(_ locations: [CompiledSegment.Location], byteCount: Int) {
        var block: UnsafeMutableRawPointer?
        let hugePage = 2 << 20
        let alignment = byteCount < hugePage ? Arena.alignment : hugePage
        guard posix_memalign(&block, alignment, max(byteCount, Arena.alignment)) == 0 else { return nil }
        // PERF: a first run over 10 MB of fresh memory in pages of 4 KiB takes 5 ms in faults.
        if byteCount >= hugePage { madvise(block, byteCount / hugePage * hugePage, MADV_HUGEPAGE) }
        base = block
        operands = .allocate(capacity: max(1, locations.count))
        operands.initialize(repeating: nil, count: max(1, locations.count))
        var inputs: [[Int]] = []
        var outputs: [[Int]] = []
        for (index, location) in locations.enumerated() {
            switch location {
            case .arena(let offset): operands[index] = block.map { $0 + offset }
            case .constant(let region): operands[index] = UnsafeMutableRawPointer(mutating: region.bytes.baseAddress)
            case .input(let number): Self.note(index, number, &inputs)
            case .output(let number): Self.note(index, number, &outputs)
            }
        }
        inputPlaces = inputs
        outputPlaces = outputs
    }

    deinit {
        free(base)
        operands.deallocate()
    }

    private static func note(_ index: Int, _ number: Int, _ places: inout [[Int]]) {
        while places.count <= number { places.append([]) }
        places[number].append(index)
    }

    func place(input number: Int, at address: UnsafeMutableRawPointer?) {
        guard number < inputPlaces.count else { return }
        for index in inputPlaces[number] { operands[index] = address }
    }

    func place(output number: Int, at address: UnsafeMutableRawPointer?) {
        guard number < outputPlaces.count else { return }
        for index in outputPlaces[number] { operands[index] = address }
    }

    func scratch(at offset: Int) -> UnsafeMutableRawPointer? { base.map { $0 + offset } }
}

/// Frames for the runs of a segment that are under way at the same time; a few are kept for the next.
final class FramePool: Sendable {
    private static let keptCount = 4

    private let operands: [CompiledSegment.Location]
    private let byteCount: Int
    private let free = Mutex<[Frame]>([])

    init(operands: [CompiledSegment.Location], byteCount: Int) {
        self.operands = operands
        self.byteCount = byteCount
    }

    /// *Throws*: `memory`.
    func take() throws(EngineError) -> Frame {
        if let frame = free.withLock({ $0.popLast() }) { return frame }
        guard let frame = Frame(operands, byteCount: byteCount) else {
            throw EngineError(.memory, "no memory for \(byteCount) bytes")
        }
        return frame
    }

    func give(back frame: Frame) {
        free.withLock { if $0.count < Self.keptCount { $0.append(frame) } }
    }
}

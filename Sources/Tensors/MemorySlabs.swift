import Glibc
import Synchronization

/// Memory for many regions that are made one after the other and live about as long as each other.
///
/// PERF: a fault for each 4 KiB of fresh memory takes as long as filling it; past the first bytes, which small models
/// do not reach, the memory comes in huge pages.
package final class MemorySlabs: Sendable {
    private static let slabByteCount = 32 << 20
    private static let plainByteCount = 2 << 20

    private struct State {
        /// Bytes that were asked for before there were slabs.
        var plainByteCount = 0
        var slab: MemoryRegion?
        /// Bytes at the beginning of the slab that are given away.
        var usedByteCount = 0
    }

    private let state = Mutex(State())

    /// No memory yet.
    package init() {}

    /// Memory for `byteCount` bytes on a boundary of `MemoryRegion.alignment`, which `initialize` fills.
    ///
    /// *Throws*: `memory` when there is none, and whatever `initialize` throws.
    package func allocate(
        byteCount: Int,
        initializingWith initialize: (UnsafeMutableRawBufferPointer) throws(TensorError) -> Void
    ) throws(TensorError) -> MemoryRegion {
        guard let region = part(byteCount) else {
            return try .allocate(byteCount: byteCount, zeroed: false, initializingWith: initialize)
        }
        try initialize(UnsafeMutableRawBufferPointer(mutating: region.bytes))
        return region
    }

    /// A part of a slab that nobody has; `nil` where plain memory will do.
    private func part(_ byteCount: Int) -> MemoryRegion? {
        state.withLock { state in
            if state.plainByteCount + byteCount <= Self.plainByteCount {
                state.plainByteCount += byteCount
                return nil
            }
            if state.slab.map({ state.usedByteCount + byteCount > $0.bytes.count }) ?? true {
                state.slab = .hugePages(byteCount: max(byteCount, Self.slabByteCount))
                state.usedByteCount = 0
            }
            let start = state.usedByteCount
            guard let part = state.slab?.slice(start..<(start + byteCount)) else { return nil }
            let alignment = MemoryRegion.alignment
            state.usedByteCount = (start + byteCount + alignment - 1) / alignment * alignment
            return part
        }
    }
}

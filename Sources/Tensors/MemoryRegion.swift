import Diagnostics
import Glibc
import Synchronization

/// A run of bytes that stays where it is for as long as the region lives: allocated, mapped from a file, or part of
/// another region.
///
/// A region is written once, in the closure that makes it, and only read after that; so it may be shared freely.
// SAFETY: the bytes are immutable once `init` returns, and the memory is freed only when the last reference goes.
package final class MemoryRegion: @unchecked Sendable {
    private enum Owner {
        case heap
        case mapping
        case pages
        case region(MemoryRegion)
    }

    /// The alignment of allocated regions in bytes: a cache line, and the widest vector register.
    package static let alignment = 64

    /// The bytes; valid while the region lives.
    package let bytes: UnsafeRawBufferPointer
    private let owner: Owner
    /// The same bytes on a boundary, made when they are first asked for there.
    private let onBoundary = Mutex<MemoryRegion?>(nil)

    private init(bytes: UnsafeRawBufferPointer, owner: Owner) {
        self.bytes = bytes
        self.owner = owner
    }

    deinit {
        guard let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
        switch owner {
        case .heap: free(base)
        case .mapping, .pages: munmap(base, bytes.count)
        case .region: break
        }
    }

    /// Allocates `byteCount` bytes on a 64-byte boundary and lets `initialize` fill them; they start as zero.
    ///
    /// *Throws*: `memory` when the allocation is refused, and whatever `initialize` throws.
    package static func allocate(
        byteCount: Int,
        zeroed: Bool = true,
        initializingWith initialize: (UnsafeMutableRawBufferPointer) throws(TensorError) -> Void
    ) throws(TensorError) -> MemoryRegion {
        var base: UnsafeMutableRawPointer?
        guard byteCount >= 0, posix_memalign(&base, alignment, max(byteCount, 1)) == 0, let base else {
            throw TensorError(.memory, "no memory for \(byteCount) bytes")
        }
        if zeroed { memset(base, 0, byteCount) }
        let region = MemoryRegion(bytes: UnsafeRawBufferPointer(start: base, count: byteCount), owner: .heap)
        try initialize(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
        return region
    }

    /// A copy of `bytes` on a 64-byte boundary.
    package static func copying(_ bytes: UnsafeRawBufferPointer) throws(TensorError) -> MemoryRegion {
        try allocate(byteCount: bytes.count, zeroed: false) { target throws(TensorError) in
            target.copyMemory(from: bytes)
        }
    }

    /// A copy of `bytes` on a 64-byte boundary.
    package static func copying(_ bytes: ArraySlice<UInt8>) throws(TensorError) -> MemoryRegion {
        try allocate(byteCount: bytes.count, zeroed: false) { target throws(TensorError) in
            target.copyBytes(from: bytes)
        }
    }

    /// Maps `byteCount` bytes of an open file from `offset`, which is a multiple of the page size, for reading.
    ///
    /// The mapping stays valid after the descriptor is closed. `nil` when the kernel refuses; `errno` says why.
    package static func mapping(descriptor: CInt, offset: Int, byteCount: Int) -> MemoryRegion? {
        guard byteCount > 0 else {
            return MemoryRegion(bytes: UnsafeRawBufferPointer(start: nil, count: 0), owner: .mapping)
        }
        guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, off_t(offset)), base != MAP_FAILED
        else { return nil }
        return MemoryRegion(bytes: UnsafeRawBufferPointer(start: base, count: byteCount), owner: .mapping)
    }

    /// The first `byteCount` bytes of an open file, read into memory of their own.
    ///
    /// *Returns*: `nil` when the file ends before, or the kernel refuses; then `errno` says why, and is 0 at the end of the file.
    /// *Throws*: `memory` when there is none.
    package static func reading(descriptor: CInt, byteCount: Int) throws(TensorError) -> MemoryRegion? {
        var isWhole = false
        let region = try allocate(byteCount: byteCount, zeroed: false) { target throws(TensorError) in
            isWhole = readWhole(descriptor, into: target)
        }
        return isWhole ? region : nil
    }

    private static func readWhole(_ descriptor: CInt, into target: UnsafeMutableRawBufferPointer) -> Bool {
        var filled = 0
        while filled < target.count {
            let count = pread(descriptor, target.baseAddress.map { $0 + filled }, target.count - filled, off_t(filled))
            if count == 0 { errno = 0 }
            guard count > 0 || (count < 0 && errno == EINTR) else { return false }
            filled += max(count, 0)
        }
        return true
    }

    /// Zeros in huge pages where the kernel has them; no page takes memory before it is touched.
    static func hugePages(byteCount: Int) -> MemoryRegion? {
        let size = 2 << 20
        let (padded, overflow) = byteCount.addingReportingOverflow(2 * size)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard byteCount > 0, !overflow, let base = mmap(nil, padded, PROT_READ | PROT_WRITE, flags, -1, 0),
            base != MAP_FAILED
        else { return nil }
        let count = (byteCount + size - 1) / size * size
        let head = (size - Int(bitPattern: base) % size) % size
        let first = base + head
        if head > 0 { munmap(base, head) }
        if padded - head > count { munmap(first + count, padded - head - count) }
        madvise(first, count, MADV_HUGEPAGE)
        return MemoryRegion(bytes: UnsafeRawBufferPointer(start: first, count: count), owner: .pages)
    }

    /// A part of this region, which it keeps alive; `nil` when the range leaves it.
    package func slice(_ range: Range<Int>) -> MemoryRegion? {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
        return MemoryRegion(bytes: UnsafeRawBufferPointer(rebasing: bytes[range]), owner: .region(self))
    }

    /// Whether the bytes are mapped from a file.
    package var isMapped: Bool {
        switch owner {
        case .heap, .pages: false
        case .mapping: true
        case .region(let region): region.isMapped
        }
    }

    /// Lets the kernel take back the memory of pages that are mapped from a file, which are read again when they are used.
    package func forgetPages() {
        guard isMapped, let pages = wholePages else { return }
        madvise(pages.baseAddress, pages.count, MADV_DONTNEED)
    }

    /// The pages that hold nothing else.
    private var wholePages: UnsafeMutableRawBufferPointer? {
        guard let base = bytes.baseAddress else { return nil }
        let page = Int(getpagesize())
        let start = (Int(bitPattern: base) + page - 1) / page * page
        let end = (Int(bitPattern: base) + bytes.count) / page * page
        guard end > start, let first = UnsafeMutableRawPointer(bitPattern: start) else { return nil }
        return UnsafeMutableRawBufferPointer(start: first, count: end - start)
    }

    /// Whether the bytes are among those of another region.
    package func isPart(of other: MemoryRegion) -> Bool {
        guard let base = bytes.baseAddress, let otherBase = other.bytes.baseAddress else { return bytes.isEmpty }
        return base >= otherBase && base + bytes.count <= otherBase + other.bytes.count
    }

    /// The region itself where it starts on a multiple of `alignment`, otherwise a copy, which lives as long as it.
    ///
    /// *Throws*: `memory` when there is none for the copy.
    package func aligned(to alignment: Int) throws(TensorError) -> MemoryRegion {
        guard !isAligned(to: alignment) else { return self }
        return try onBoundary.withLock { copy throws(TensorError) in
            if let copy { return copy }
            let made = try Self.copying(bytes)
            copy = made
            return made
        }
    }

    /// Asks the kernel for the pages that are mapped from a file, all at once.
    ///
    /// PERF: a page fault for each 64 KiB takes three times as long.
    package func fetchPages() {
        guard isMapped, let pages = wholePages else { return }
        madvise(pages.baseAddress, pages.count, madvisePopulateRead)
    }

    /// Whether the bytes start on a multiple of `alignment`.
    package func isAligned(to alignment: Int) -> Bool {
        UInt(bitPattern: bytes.baseAddress) % UInt(alignment) == 0
    }
}

/// `MADV_POPULATE_READ`, since Linux 5.14; an older kernel refuses it, and pages come when they are read.
private let madvisePopulateRead: CInt = 22

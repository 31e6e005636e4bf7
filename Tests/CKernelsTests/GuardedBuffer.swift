import Glibc

/// Elements that end where a page that nobody may touch begins, or begin where one ends: a kernel that reads or writes
/// past them crashes.
final class GuardedBuffer<Element: BitwiseCopyable> {
    enum Guard: CaseIterable {
        case before
        case after
    }

    let base: UnsafeMutablePointer<Element>
    let elements: UnsafeMutableBufferPointer<Element>
    private let mapping: UnsafeMutableRawPointer
    private let mappedByteCount: Int

    init(_ values: [Element], guarding side: Guard = .after) {
        let page = Int(getpagesize())
        let byteCount = values.count * MemoryLayout<Element>.stride
        let inner = max(1, (byteCount + page - 1) / page) * page
        mappedByteCount = inner + 2 * page
        guard let mapping = mmap(nil, mappedByteCount, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapping != MAP_FAILED, mprotect(mapping + page, inner, PROT_READ | PROT_WRITE) == 0
        else { fatalError("no memory for a guarded buffer") }
        self.mapping = mapping
        let start = mapping + page + (side == .after ? inner - byteCount : 0)
        base = start.bindMemory(to: Element.self, capacity: values.count)
        elements = UnsafeMutableBufferPointer(start: base, count: values.count)
        _ = elements.initialize(from: values)
    }

    deinit { munmap(mapping, mappedByteCount) }

    var values: [Element] { Array(elements) }
}

import Diagnostics
import Synchronization
import Threads

/// A gzip stream in the making, on all processors: the same bytes give the same stream on any number of them.
///
/// Each block of 1 MiB is a member of its own, and the members follow each other, as RFC 1952 has it; they hold no name
/// and no time. At most eight blocks are in memory at once.
///
/// For example:
///
///     let gzip = GzipWriter { bytes in … }
///     try gzip.write(bytes)
///     try gzip.finish()
///
/// *Source*: RFC 1952, section 2.2.
package final class GzipWriter {
    private static let blockByteCount = 1 << 20
    private static let level: CInt = 6

    private let threadCount: Int
    private let consume: (UnsafeRawBufferPointer) throws -> Void
    private var blocks: [[UInt8]] = []
    private var block: [UInt8] = []
    private var hasMember = false

    /// Starts a stream whose bytes go to `consume`.
    ///
    /// *Parameter* threadCount: how many blocks are compressed at once; changes nothing in what is written.
    package init(
        threadCount: Int = processorCount,
        _ consume: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.threadCount = max(1, min(threadCount, 8))
        self.consume = consume
        block.reserveCapacity(Self.blockByteCount)
    }

    /// Compresses the next bytes.
    ///
    /// *Throws*: `memory`, and whatever the consumer throws.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, Self.blockByteCount - block.count)
            block.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if block.count == Self.blockByteCount { try endBlock() }
        }
    }

    /// Writes the end of the stream, which is one member of no bytes when nothing came.
    ///
    /// *Throws*: as `write`.
    package func finish() throws {
        if !block.isEmpty || (blocks.isEmpty && !hasMember) { blocks.append(block) }
        block = []
        try compressBlocks()
    }

    private func endBlock() throws {
        blocks.append(block)
        block = []
        block.reserveCapacity(Self.blockByteCount)
        // Two blocks for each thread, so that one that compresses slowly leaves the others something to do.
        if blocks.count == min(8, 2 * threadCount) { try compressBlocks() }
    }

    private func compressBlocks() throws {
        guard !blocks.isEmpty else { return }
        hasMember = true
        let members = SharedMembers(count: blocks.count)
        try concurrently(Array(blocks.enumerated()), limit: threadCount) {
            try DeflateCompressor(.gzip, level: Self.level)
        } _: { compressor, block in
            members.set(block.offset, try compressor.compressed(block.element))
        }
        blocks = []
        for member in members.all { try member.span.bytes.withUnsafeBytes { try consume($0) } }
    }
}

/// The members of some blocks, which arrive in any order.
private final class SharedMembers: Sendable {
    private let members: Mutex<[[UInt8]]>

    init(count: Int) { members = Mutex([[UInt8]](repeating: [], count: count)) }

    func set(_ index: Int, _ member: [UInt8]) { members.withLock { $0[index] = member } }

    var all: [[UInt8]] { members.withLock { $0 } }
}

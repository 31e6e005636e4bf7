import Diagnostics
import OnnxIR
import Tensors

/// Turns the messages of one file into the IR, and counts what it makes against the limits.
///
/// A singular message that comes twice is an error: parsers differ in whether they merge the two.
final class OnnxDecoder {
    let region: MemoryRegion
    let limits: OnnxLimits
    var externalData: ExternalDataFolder?
    private var messageCount = 0
    var nodeCount = 0
    var attributeCount = 0
    var tensorCount = 0

    init(_ region: MemoryRegion, folder: String?, limits: OnnxLimits, files: FileAccess = .mapped) {
        self.region = region
        self.limits = limits
        externalData = folder.map { ExternalDataFolder($0, limits: limits, files: files) }
    }

    /// A cursor over the whole region.
    func open(_ message: StaticString) throws(OnnxReaderError) -> WireCursor {
        try limits.check(fileByteCount: region.bytes.count)
        return WireCursor(region.bytes, in: 0..<region.bytes.count, of: message, depth: 1)
    }

    /// A cursor over a message that is the value of a field.
    func open(
        _ field: WireField,
        of cursor: inout WireCursor,
        as message: StaticString
    ) throws(OnnxReaderError) -> WireCursor {
        let range = try cursor.payload(field)
        try count(&messageCount, limits.messageCount, "messages", field)
        guard cursor.depth < limits.depth else {
            throw OnnxReaderError(
                .limit,
                at: .offset(field.offset),
                "messages lie more than \(limits.depth) deep inside each other"
            )
        }
        return WireCursor(region.bytes, in: range, of: message, depth: cursor.depth + 1)
    }

    /// The value of a `string` field.
    ///
    /// A NUL is refused: C readers of the same file, protobuf-c among them, would see a shorter string.
    func text(_ field: WireField, of cursor: inout WireCursor) throws(OnnxReaderError) -> String {
        let range = try cursor.payload(field)
        let text = try text(in: range)
        guard !region.bytes[range].contains(0) else {
            throw OnnxReaderError(.text, at: .offset(range.lowerBound), "a string holds a NUL")
        }
        return text
    }

    /// The UTF-8 string in a range of the file.
    func text(in range: Range<Int>) throws(OnnxReaderError) -> String {
        guard range.count <= limits.textByteCount else {
            throw OnnxReaderError(
                .limit,
                at: .offset(range.lowerBound),
                "a string has \(range.count) bytes, expected at most \(limits.textByteCount)"
            )
        }
        let bytes = UnsafeRawBufferPointer(rebasing: region.bytes[range]).bindMemory(to: UInt8.self)
        // PERF: without this way for ASCII, reading a model of 516 nodes takes 1.4 ms and not 0.8 ms.
        if bytes.reduce(0, |) < 0x80 { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw OnnxReaderError(.text, at: .offset(range.lowerBound), "a string is not UTF-8")
        }
        return text
    }

    /// The value of a `bytes` field.
    func bytes(_ field: WireField, of cursor: inout WireCursor) throws(OnnxReaderError) -> [UInt8] {
        [UInt8](region.bytes[try byteRange(field, of: &cursor)])
    }

    /// Where the value of a `bytes` field lies.
    func byteRange(_ field: WireField, of cursor: inout WireCursor) throws(OnnxReaderError) -> Range<Int> {
        let range = try cursor.payload(field)
        guard range.count <= limits.textByteCount else {
            throw OnnxReaderError(
                .limit,
                at: .offset(range.lowerBound),
                "a string has \(range.count) bytes, expected at most \(limits.textByteCount)"
            )
        }
        return range
    }

    /// Stores the value of a singular message field, once.
    func set<Value>(
        _ target: inout Value?,
        to value: Value,
        _ field: WireField,
        of cursor: WireCursor
    ) throws(OnnxReaderError) {
        guard target == nil else {
            throw OnnxReaderError(
                .value,
                at: .offset(field.offset),
                "field \(field.number) of `\(cursor.message)` comes twice"
            )
        }
        target = value
    }

    /// Counts one more of `things`, up to `limit`.
    func count(
        _ counter: inout Int,
        _ limit: Int,
        _ things: String,
        _ field: WireField
    ) throws(OnnxReaderError) {
        counter += 1
        guard counter <= limit else {
            throw OnnxReaderError(.limit, at: .offset(field.offset), "the file has more than \(limit) \(things)")
        }
    }
}

import Diagnostics
import Files

/// The name that a shared object says it is to be found by; `nil` for whatever else a file is.
///
/// *Throws*: the errors of reading files; a damaged file has no name.
/// *Source*: System V ABI, chapter 5: dynamic section, `DT_SONAME`.
func soname(of file: FileRange) throws -> [UInt8]? {
    let reader = ElfReader(file: file)
    guard let head = try reader.bytes(at: 0, count: 64), head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
        let tableOffset = field(head, 32, 8), let entrySize = field(head, 54, 2), let count = field(head, 56, 2),
        entrySize >= 56, count <= 256, let table = try reader.bytes(at: tableOffset, count: entrySize * count)
    else { return nil }
    let segments = (0..<count).compactMap { Segment(table, at: $0 * entrySize) }
    guard let dynamic = segments.first(where: { $0.type == 2 }), dynamic.byteCount <= 1 << 16,
        let entries = try reader.bytes(at: dynamic.offset, count: dynamic.byteCount)
    else { return nil }
    var name: Int?
    var strings: Int?
    for start in stride(from: 0, to: entries.count - 15, by: 16) {
        let tag = field(entries, start, 8)
        if tag == 0 { break }
        if tag == 5 { strings = field(entries, start + 8, 8) }
        if tag == 14 { name = field(entries, start + 8, 8) }
    }
    guard let name, let strings,
        let segment = segments.first(where: { $0.type == 1 && $0.holds(strings) })
    else { return nil }
    let (offset, overflow) = (segment.offset + (strings - segment.address)).addingReportingOverflow(name)
    guard !overflow, let text = try reader.bytes(at: offset, count: 256, isShortAllowed: true),
        let end = text.firstIndex(of: 0)
    else { return nil }
    return Array(text[..<end])
}

/// A segment of the program headers.
private struct Segment {
    let type: Int
    let offset: Int
    let address: Int
    let byteCount: Int

    init?(_ table: [UInt8], at start: Int) {
        guard let type = field(table, start, 4), let offset = field(table, start + 8, 8),
            let address = field(table, start + 16, 8), let byteCount = field(table, start + 32, 8)
        else { return nil }
        (self.type, self.offset, self.address, self.byteCount) = (type, offset, address, byteCount)
    }

    func holds(_ other: Int) -> Bool { other >= address && other - address < byteCount }
}

/// A little-endian number that fits into 62 bits; `nil` for a larger one and for one that is cut off.
private func field(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    let value = bytes[offset..<offset + count].reversed().reduce(UInt64(0)) { $0 &* 256 &+ UInt64($1) }
    return value < 1 << 62 ? Int(value) : nil
}

/// The bytes of a part of a file.
private struct ElfReader {
    let file: FileRange

    func bytes(at offset: Int, count: Int, isShortAllowed: Bool = false) throws -> [UInt8]? {
        guard offset >= 0, offset <= file.byteCount else { return nil }
        let available = min(count, file.byteCount - offset)
        guard available == count || isShortAllowed else { return nil }
        var bytes: [UInt8] = []
        try readFileInPieces(file.path, offset: file.offset + offset, byteCount: available) {
            bytes.append(contentsOf: $0)
        }
        return bytes
    }
}

/// An answer of HTTP/1.1 as it arrives: its status and where it ends; the body is passed over.
///
/// *Source*: RFC 9112, sections 4 to 7.
struct HTTP1Answer {
    enum State: Equatable {
        case head
        /// So many bytes of a body of known length are left.
        case body(Int)
        case chunkSize
        /// So many bytes of a chunk are left, with the line end behind it.
        case chunk(Int)
        case trailers
        case done
        case malformed
    }

    private(set) var state = State.head
    private(set) var status = 0
    private(set) var closesConnection = false
    /// The line that is not at its end.
    private var line: [UInt8] = []
    private var headByteCount = 0
    private var length: Int?
    private var isChunked = false

    private static let headLimit = 1 << 16

    /// Takes bytes; how many of them stand behind the answer's end.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .done, .malformed: return rest.count
            case .body(let left): rest = pass(rest, left) { $0 == 0 ? .done : .body($0) }
            case .chunk(let left): rest = pass(rest, left) { $0 == 0 ? .chunkSize : .chunk($0) }
            case .head, .chunkSize, .trailers: rest = takeLine(rest)
            }
        }
        return 0
    }

    private mutating func pass(
        _ bytes: Slice<UnsafeRawBufferPointer>,
        _ left: Int,
        _ next: (Int) -> State
    ) -> Slice<UnsafeRawBufferPointer> {
        let count = min(left, bytes.count)
        state = next(left - count)
        return bytes.dropFirst(count)
    }

    private mutating func takeLine(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        line.append(contentsOf: bytes[..<(end ?? bytes.endIndex)])
        headByteCount += (end ?? bytes.endIndex) - bytes.startIndex
        guard headByteCount <= Self.headLimit || state == .chunkSize && line.count < 1024 else {
            state = .malformed
            return bytes
        }
        guard let end else { return bytes[bytes.endIndex...] }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        switch state {
        case .head: takeHeadLine()
        case .chunkSize: takeChunkSize()
        default: if line.isEmpty { state = .done }
        }
        line.removeAll(keepingCapacity: true)
        return bytes[(end + 1)...]
    }

    private mutating func takeHeadLine() {
        guard status != 0 else {
            let isAnswer = line.starts(with: "HTTP/1.".utf8) && line.count >= 12
            let digits = isAnswer ? line[9..<12] : []
            status = Int(String(decoding: digits, as: UTF8.self)) ?? 0
            if !(100...599).contains(status) { state = .malformed }
            return
        }
        guard line.isEmpty else { return takeField() }
        if status < 200 {
            // Another head follows.
            status = 0
        } else if isChunked {
            state = .chunkSize
        } else if let length {
            state = length == 0 ? .done : .body(length)
        } else {
            state = status == 204 || status == 304 ? .done : .malformed
        }
    }

    private mutating func takeField() {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            state = .malformed
            return
        }
        let value = line[(colon + 1)...].filter { $0 != 0x20 && $0 != 0x09 }
        switch line[..<colon].count {
        case 14 where isField("content-length"):
            length = Int(String(decoding: value, as: UTF8.self))
            if length.map({ $0 < 0 }) ?? true { state = .malformed }
        case 17 where isField("transfer-encoding"): isChunked = isText(value[...], "chunked")
        case 10 where isField("connection"): closesConnection = isText(value[...], "close")
        default: break
        }
    }

    private func isField(_ name: StaticString) -> Bool { isText(line.prefix(name.utf8CodeUnitCount), name) }

    /// Whether bytes are a text, whatever the case of their letters.
    private func isText(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            bytes.count == wanted.count
                && zip(bytes, wanted).allSatisfy { byte, letter in
                    byte == letter || (0x41...0x5A).contains(byte) && byte | 0x20 == letter
                }
        }
    }

    private mutating func takeChunkSize() {
        // The line end behind a chunk.
        if line.isEmpty { return }
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0, size < 1 << 40 else {
            state = .malformed
            return
        }
        state = size == 0 ? .trailers : .chunk(size)
    }
}

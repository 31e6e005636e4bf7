import Diagnostics
import OnnxIR
import Tensors

/// The parts of strings between delimiters, or between runs of white space, and how many there are of each.
///
/// *Shapes*: `[…] → […, most parts of one string], […]`; strings of fewer parts are followed by empty ones.
struct StringSplit: Operator {
    /// The bytes of the delimiter; empty for white space.
    let delimiter: [UInt8]
    let splitLimit: Int

    static let definition = OperatorDefinition("StringSplit", since: 20) { node throws(EngineError) in
        let limit = try node.int("maxsplit") ?? -1
        return StringSplit(
            delimiter: Array((try node.string("delimiter") ?? "").utf8),
            splitLimit: limit < 0 ? .max : limit
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.string, inputs.shape().map { $0 + [.unknown] }), inputs.like(elementType: .int64)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let texts = try input.stringElements()
        let counts = texts.map { text in
            var count = 0
            split(text) { _, _ in count += 1 }
            return count
        }
        let width = counts.max() ?? 0
        let shape = try call.shape(input.shape.dimensions + [width])
        try call.state.check(.string, shape)
        var parts = [String](repeating: "", count: shape.elementCount)
        for (index, text) in texts.enumerated() {
            var place = index * width
            split(text) { bytes, range in
                parts[place] = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
                place += 1
            }
        }
        return [
            .tensor(try .of(strings: parts, shape)), .tensor(try .of(counts.map { Int64($0) }, input.shape)),
        ]
    }

    /// Calls `body` with the bytes of a string and the range of each part.
    private func split(_ text: String, _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Void) {
        var text = text
        let scalars = text.unicodeScalars
        text.withUTF8 { bytes in
            if delimiter.isEmpty {
                splitAtSpace(scalars) { body(bytes, $0) }
            } else {
                splitAtDelimiter(bytes) { body(bytes, $0) }
            }
        }
    }

    private func splitAtDelimiter(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        var (start, index, splitCount) = (0, 0, 0)
        while splitCount < splitLimit, index + delimiter.count <= bytes.count {
            guard bytes[index] == delimiter[0], bytes[index..<(index + delimiter.count)].elementsEqual(delimiter) else {
                index += 1
                continue
            }
            body(start..<index)
            splitCount += 1
            index += delimiter.count
            start = index
        }
        body(start..<bytes.count)
    }

    /// SPEC: white space is removed at both ends, of what is left after the last split as well.
    private func splitAtSpace(_ scalars: String.UnicodeScalarView, _ body: (Range<Int>) -> Void) {
        var start: Int?
        var (end, index, splitCount) = (0, 0, 0)
        for scalar in scalars {
            let next = index + UTF8.width(scalar)
            if !scalar.properties.isWhitespace {
                start = start ?? index
                end = next
            } else if let first = start, splitCount < splitLimit {
                body(first..<index)
                splitCount += 1
                start = nil
            }
            index = next
        }
        if let start { body(start..<end) }
    }
}

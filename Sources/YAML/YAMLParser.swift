import CYaml
import Diagnostics

/// What a document may hold at most.
package struct YAMLLimits: Sendable {
    package var byteCount = 1 << 20
    package var depth = 64
    package var nodeCount = 100_000

    /// The limits of manifests.
    package init() {}
}

/// The one document in `bytes`, as a tree in which every node knows its line and column.
///
/// A byte order mark of UTF-8 may stand before it, as YAML 1.2.2, 5.2 allows.
///
/// Anchors, aliases and tags are refused, so a small document cannot grow; so are keys that stand twice.
///
/// *Throws*: `syntax` with line and column, `tooLarge` beyond the limits.
package func parseYAML(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> YAMLNode {
    guard bytes.count <= limits.byteCount else {
        throw YAMLError(
            .tooLarge,
            "the document is too large, expected at most \(limits.byteCount) bytes, got \(bytes.count)"
        )
    }
    let events = try YAMLEvents(bytes)
    var builder = YAMLBuilder(events: events, limits: limits)
    return try builder.document()
}

/// One event of libyaml, with what a tree needs of it.
enum YAMLEvent {
    case documentStart
    case documentEnd
    case streamEnd
    case scalar(String, isPlain: Bool)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
    case other
}

/// A parser of libyaml over bytes in memory.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let memory: UnsafeMutableBufferPointer<UInt8>
    /// The bytes of the mark that may stand before a text, which libyaml would count as a column.
    private let markByteCount: Int

    init(_ bytes: [UInt8]) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        markByteCount = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        memory = .allocate(capacity: max(bytes.count, 1))
        _ = memory.update(fromContentsOf: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.initialize(to: yaml_parser_t())
            throw YAMLError(.tooLarge, "no memory for a parser")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        let text = memory[markByteCount..<bytes.count]
        yaml_parser_set_input_string(parser, UnsafeMutableBufferPointer(rebasing: text).baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        memory.deallocate()
    }

    /// The next event with the line and column of its start, counted from 1.
    func next() throws(YAMLError) -> (event: YAMLEvent, line: Int, column: Int) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError }
        defer { yaml_event_delete(&event) }
        let place = (line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
        return (try content(event, place), place.line, place.column)
    }

    private var syntaxError: YAMLError {
        let words = parser.pointee.problem.map { String(cString: $0) } ?? "the text is no YAML"
        if parser.pointee.error == YAML_READER_ERROR {
            return YAMLError(.syntax, at: .offset(Int(parser.pointee.problem_offset) + markByteCount), words)
        }
        let mark = parser.pointee.problem_mark
        return YAMLError(.syntax, at: .line(Int(mark.line) + 1, column: Int(mark.column) + 1), words)
    }

    private func content(_ event: yaml_event_t, _ place: (line: Int, column: Int)) throws(YAMLError) -> YAMLEvent {
        func refuse(_ words: String) -> YAMLError {
            YAMLError(.syntax, at: .line(place.line, column: place.column), words)
        }
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_ALIAS_EVENT: throw refuse("aliases are not read here")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            guard scalar.anchor == nil else { throw refuse("anchors are not read here") }
            guard scalar.tag == nil else { throw refuse("tags are not read here") }
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                String(decoding: text, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
            )
        case YAML_SEQUENCE_START_EVENT:
            guard event.data.sequence_start.anchor == nil else { throw refuse("anchors are not read here") }
            guard event.data.sequence_start.tag == nil else { throw refuse("tags are not read here") }
            return .sequenceStart
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            guard event.data.mapping_start.anchor == nil else { throw refuse("anchors are not read here") }
            guard event.data.mapping_start.tag == nil else { throw refuse("tags are not read here") }
            return .mappingStart
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .other
        }
    }
}

import Diagnostics
import TestSupport
import Testing
import YAML

@Suite struct YAMLParserTests {
    private func parse(_ text: String) throws(YAMLError) -> YAMLNode { try parseYAML(Array(text.utf8)) }

    @Test func `every node knows its line and column`() throws {
        let root = try parse("name: onnx-serve\nports:\n  - 8000\n  - \"9000\"\n")
        let pairs = try root.pairs()
        #expect(pairs.map(\.key) == ["name", "ports"])
        #expect(pairs[1].line == 2 && pairs[1].column == 1)
        let ports = try pairs[1].value.elements()
        #expect(ports.map(\.line) == [3, 4] && ports.map(\.column) == [5, 5])
        #expect(ports[0].content == .scalar("8000", isPlain: true))
        #expect(ports[1].content == .scalar("9000", isPlain: false))
        #expect(try ports[0].integer(in: 1...65535) == 8000)
    }

    @Test func `a byte order mark is no part of the text`() throws {
        let root = try parse("\u{FEFF}name: a\nports: 1\n")
        #expect(try root == parse("name: a\nports: 1\n"))
        let error = #expect(throws: YAMLError.self) { try parse("\u{FEFF}a: \u{1}") }
        #expect(error?.place.description == "offset 6")
    }

    @Test func `an octal number is read with its prefix only`() throws {
        #expect(try parse("0o1777").integer(in: 0...0o7777) == 0o1777)
        #expect(throws: YAMLError.self) { try parse("01777").integer(in: 0...0o7777) }
    }

    static let refusals: [(String, String)] = [
        ("a: &x 1\nb: *x", "line 1:4: anchors are not read here"),
        ("b: *x", "line 1:4: aliases are not read here"),
        ("a: !!python/object 1", "line 1:4: tags are not read here"),
        ("a: 1\nb: 2\na: 3", "line 3:1: the key `a` stands twice"),
        ("[a]: 1", "line 1:1: a key is no text"),
        ("a: 1\n---\nb: 2", "line 2:1: a second document starts, expected one"),
        ("", "line 1:1: the document is empty"),
        ("a: [1, 2", "line 2:1: did not find expected ',' or ']'"),
        ("a: \"x", "line 1:6: found unexpected end of stream"),
        ("a: \u{1}", "offset 3: control characters are not allowed"),
        (String(repeating: "[", count: 100), "line 1:66: the document is too large, expected at most 64 levels"),
    ]

    @Test(arguments: refusals) func `what is refused names its place`(text: String, words: String) {
        let error = #expect(throws: YAMLError.self) { try parse(text) }
        #expect(error?.description == words)
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        let error = #expect(throws: YAMLError.self) { try parseYAML([0x61, 0x3A, 0x20, 0xFF]) }
        #expect(error?.description == "offset 3: invalid leading UTF-8 octet")
    }

    @Test func `an unknown key hints at the closest`() throws {
        let root = try parse("name: x\nentrypont: [a]")
        let error = #expect(throws: YAMLError.self) { try root.object(keys: ["name", "entrypoint"]) }
        #expect(
            error.map { DiagnosticText($0.within(.file("environment.yaml"))).description }
                == "error: `environment.yaml`:2:1: unknown key `entrypont`\nhint: did you mean `entrypoint`?"
        )
    }

    @Test func `another type is named`() throws {
        let error = #expect(throws: YAMLError.self) { try parse("a: [1]").pairs()[0].value.text() }
        #expect(error?.description == "line 1:4: the value has another type, expected a text, got a sequence")
    }

    @Test func `truncation and mutation never trap`() throws {
        let text = Array("name: \"é\"\nlist: [a, {b: c}]\ntext: |\n  more\n".utf8)
        for count in 0..<text.count { _ = try? parseYAML(Array(text[..<count])) }
        var generator = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            var copy = text
            for _ in 0..<3 {
                copy[Int.random(in: 0..<copy.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? parseYAML(copy)
        }
    }
}

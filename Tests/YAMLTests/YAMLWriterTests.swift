import JSON
import TestSupport
import Testing
import YAML

@Suite struct YAMLWriterTests {
    @Test func `documents stand in block style`() {
        let document: JSONValue = [
            "apiVersion": "v1", "empty": [:], "none": [],
            "list": [["a": 1, "b": ["u", "v"]], [[1, 2], "z"], true, nil],
            "text": "two words", "image": "ghcr.io/acme/iris@sha256:ab",
        ]
        #expect(
            yamlText([document, "second"]) == """
                apiVersion: v1
                empty: {}
                none: []
                list:
                  - a: 1
                    b:
                      - u
                      - v
                  - - - 1
                      - 2
                    - z
                  - true
                  - null
                text: "two words"
                image: ghcr.io/acme/iris@sha256:ab
                ---
                second

                """
        )
    }

    @Test(
        arguments: [
            "", " ", "a ", " a", "1", "1e3", "0x1F", "1_000", "190:20:30", "2001-01-01", ".5", ".inf", "~", "null",
            "Null", "yes",
            "NO", "y", "true", "- a", "a: b", "a:", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "'a'",
            "\"a\"",
            "a\nb", "a\tb", "\u{7F}", "\u{85}", "\u{2028}", "\u{FEFF}", "ä", "😀", "[a]", "{a}", "?", "? a", ",", "=",
            "<<", "\\",
            "a/b.c-d_e", "sha256:abc", "8000:8000", "\u{0}",
        ]
    )
    func `every text reads back as itself, as a value and as a key`(text: String) throws {
        let document: JSONValue = .object([text: [.string(text), .object([text: .string(text)])]])
        let pair = try #require(parseYAML(Array(yamlText([document]).utf8)).pairs().first)
        #expect(pair.key == text)
        let elements = try pair.value.elements()
        guard case .scalar(let value, let isPlain) = elements[0].content else {
            Issue.record("no scalar")
            return
        }
        #expect(value == text)
        #expect(!isPlain || text.first?.isLetter == true)
        #expect(try elements[1].pairs().map(\.key) == [text])
    }
}

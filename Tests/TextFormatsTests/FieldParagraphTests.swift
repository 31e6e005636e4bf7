import Testing
import TextFormats

@Suite struct FieldParagraphTests {
    private func paragraphs(_ text: String) -> [FieldParagraph] { FieldParagraph.paragraphs(text.utf8) }

    @Test func `blank lines part paragraphs, and comments are left out`() {
        let text = "\n# a: b\nPackage: a\n#c\n \t\n\nPackage: b\nVersion:1 \r\n"
        let read = paragraphs(text)
        #expect(read.map { $0["package"] } == ["a", "b"])
        #expect(read.last?["version"] == "1")
        #expect(read.first?["version"] == nil)
    }

    @Test func `indented lines belong to the value before them`() {
        let read = paragraphs(" x\nDepends: a,\n  b,\n\tc \nOther:\n 1\n 2\nno field\nEmpty:\n")
        #expect(read.first?["depends"] == "a,\nb,\nc")
        #expect(read.first?.words("other") == ["1", "2"])
        #expect(read.first?["empty"] == nil)
        #expect(read.first?.words("nothing") == [])
    }

    @Test func `of a field that stands twice in a control file the last counts`() {
        #expect(paragraphs("A: 1\na: 2\n x\n").map { $0["a"] } == ["2\nx"])
    }

    @Test func `a header may stand more than once`() {
        let read = FieldParagraph(header: Array("A: 1\na: 2\nB: 3\nA:\n".utf8))
        #expect(read["a"] == "1")
        #expect(read.values("a") == ["1", "2"])
    }

    @Test(arguments: ["A: 1\n\nB: 2\n", "A: 1\r\n\r\nB: 2", "A: 1\nbody\nB: 2\n"])
    func `headers end at the first line that is none`(text: String) {
        let read = FieldParagraph(header: Array(text.utf8))
        #expect(read["a"] == "1")
        #expect(read["b"] == nil)
    }

    @Test func `a blank line in a header belongs to its value`() {
        #expect(FieldParagraph(header: Array("License: a\n  \n  b\nName: c\n".utf8))["name"] == "c")
    }

    @Test(arguments: 1...40) func `pieces of any length give the same paragraphs`(length: Int) {
        let text = Array("# no\nPackage: a\nDepends: b,\n c\n\n\nPackage: d\n x\r\n \nPackage: e".utf8)
        var reader = ParagraphReader()
        var read: [FieldParagraph] = []
        for start in stride(from: 0, to: text.count, by: length) {
            reader.read(text[start..<min(start + length, text.count)]) { read.append($0) }
        }
        reader.finish { read.append($0) }
        #expect(read == FieldParagraph.paragraphs(text))
        #expect(read.count == 3)
    }
}

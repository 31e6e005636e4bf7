import TestSupport
import Testing
import TextFormats

@Suite struct CSVReaderTests {
    private func records(_ text: String, cellLimit: Int = .max) throws -> [[String]] {
        var reader = CSVReader(Array(text.utf8), cellLimit: cellLimit)
        var records: [[String]] = []
        while let record = try reader.next() { records.append(record) }
        #expect(reader.recordCount == records.count)
        return records
    }

    /// *Source*: RFC 4180, section 2.
    @Test(arguments: [
        ("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
        ("aaa,bbb,ccc\r\nzzz,yyy,xxx", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
        ("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz", [["aaa", "b\r\nbb", "ccc"], ["zzz"]]),
        ("\"aaa\",\"b\"\"bb\",\"ccc\"", [["aaa", "b\"bb", "ccc"]]),
        ("", []), ("\n\r\n \n", []), ("\"\"\n", [[""]]), (",", [["", ""]]), ("a,\n", [["a", ""]]),
        ("\u{FEFF}a\n", [["a"]]), (" a ,\tb\t\r\n", [["a", "b"]]), (" \"a \" ,b", [["a ", "b"]]),
        ("\"a\"x\"y,b", [["ax\"y", "b"]]), ("a\"b,c", [["a\"b", "c"]]), ("a\rb\r,c\r", [["a\rb\r", "c\r"]]),
    ])
    func `records are those of the standard, without blanks around cells`(text: String, expected: [[String]]) throws {
        #expect(try records(text) == expected)
    }

    @Test(arguments: [("\"", 1), ("a\n\n\"b", 2), ("\"a\"\"", 1), ("a,\"\n\n,", 1)])
    func `a quote that is not closed is refused with its record`(text: String, record: Int) {
        #expect(throws: CSVReader.Failure.openQuote(record: record)) { try records(text) }
    }

    @Test func `a record has as many cells as are allowed`() throws {
        #expect(try records("1,2,3", cellLimit: 3) == [["1", "2", "3"]])
        #expect(throws: CSVReader.Failure.tooManyCells(record: 2)) { try records("1\n1,2,3,4", cellLimit: 3) }
    }

    @Test func `any bytes are read or refused`() {
        var random = SeededRandom(seed: 7)
        let letters = Array("a1,\"\n\r \t\u{FEFF}é".utf8)
        for _ in 0..<2000 {
            let count = Int.random(in: 0..<24, using: &random)
            let bytes = (0..<count).compactMap { _ in letters.randomElement(using: &random) }
            var reader = CSVReader(bytes, cellLimit: 8)
            var cellCount = 0
            while let record = try? reader.next() {
                cellCount += record.count
                #expect(record.count <= 8 && cellCount <= bytes.count + 1)
            }
        }
    }
}

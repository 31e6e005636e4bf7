import TensorFiles
import TestSupport
import Testing

@Suite struct CSVTableTests {
    @Test(
        arguments: [
            ("1,2\n3,4\n", nil, [["1", "2"], ["3", "4"]]),
            ("1,2\r\n3,4", nil, [["1", "2"], ["3", "4"]]),
            ("a,b\n3,4\n", ["a", "b"], [["3", "4"]]),
            ("\u{FEFF}a\n1\n", ["a"], [["1"]]),
            ("1, 2 \n\n3,\t4\n", nil, [["1", "2"], ["3", "4"]]),
            ("\"x, y\",\"say \"\"hi\"\"\"\n1,2\n", ["x, y", "say \"hi\""], [["1", "2"]]),
            ("1,\"two\nlines\"\n", nil, [["1", "two\nlines"]]),
            ("red\nblue\n", nil, [["red"], ["blue"]]),
            ("colour\nblue\n", ["colour"], [["blue"]]),
            ("1,\n", nil, [["1", ""]]),
            ("1,x2\n3,4\n", nil, [["1", "x2"], ["3", "4"]]),
            (",b\n3,4\n", ["", "b"], [["3", "4"]]),
        ] as [(String, [String]?, [[String]])]
    )
    func `a table reads as RFC 4180 says`(text: String, header: [String]?, rows: [[String]]) throws {
        let table = try CSVTable(Array(text.utf8), names: ["colour"])
        #expect(table.header == header)
        #expect(table.rows == rows)
    }

    @Test(
        arguments: [
            ("", "the table has no row"),
            ("1,2\n3\n", "row `2`: the row has 1 cells, expected 2 as the first"),
            ("1,\"2\n", "row `1`: a quote is not closed"),
        ]
    )
    func `what is wrong with a table is said`(text: String, message: String) {
        #expect {
            try CSVTable(Array(text.utf8))
        } throws: {
            "\($0)" == message
        }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect {
            try CSVTable([0x31, 0x2C, 0xFF])
        } throws: {
            "\($0)" == "the text is not UTF-8"
        }
    }

    @Test func `any cells come back when every one is quoted`() throws {
        var random = SeededRandom(seed: 11)
        let letters = Array("ab1,\"\n\r \t;é")
        for _ in 0..<200 {
            let columns = Int.random(in: 1...4, using: &random)
            let rows = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                (0..<columns).map { _ in
                    "x"
                        + String(
                            (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                                letters.randomElement(using: &random)
                            }
                        )
                }
            }
            let text = rows.map { row in
                row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
            }.joined(separator: "\n")
            #expect(try CSVTable(Array(text.utf8)).rows == rows)
        }
    }
}

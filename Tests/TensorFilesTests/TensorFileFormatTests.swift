import TensorFiles
import TestSupport
import Testing

@Suite struct TensorFileFormatTests {
    @Test(
        arguments: [
            ("x.npy", .npy), ("x.npz", .npz), ("two.npz", .npz), ("x.pb", .onnx), ("scalar.pb", .onnx),
            ("x.json", .json), ("x.csv", .csv), ("header.csv", .csv),
        ] as [(String, TensorFileFormat)]
    )
    func `the first bytes tell the format`(name: String, format: TensorFileFormat) throws {
        #expect(TensorFileFormat(of: try fixture("inputs/\(name)")) == format)
    }

    @Test(
        arguments: [
            ("", .csv), ("\n\n [1]", .json), ("\u{FEFF}{}", .json), ("\n1,2", .csv), ("\t1", .csv),
            ("\"a\",\"b\"", .csv),
            ("-1.5", .csv),
        ] as [(String, TensorFileFormat)]
    )
    func `text is JSON behind a bracket and CSV otherwise`(text: String, format: TensorFileFormat) {
        #expect(TensorFileFormat(of: Array(text.utf8)) == format)
    }
}

import Diagnostics
import Foundation
import OnnxIR
import TensorFiles
import Tensors
import TestSupport
import Testing

@Suite struct ReadInputsTests {
    private static let matrix: [Float] = [0.1, -2.5, 3e30, 4, 5, 6.25]
    private let folder: TemporaryFolder
    private let x = ValueInfo(name: "X", type: .tensor(.float, ["batch", 2]))

    init() throws { folder = try TemporaryFolder() }

    @Test(
        arguments: ["x.npy", "x.npz", "two.npz", "x.pb", "x.json", "x.csv", "header.csv", "two.npz:X"]
    )
    func `one matrix is the same from each format`(name: String) throws {
        let values = try readInputs(["X=" + fixturePath("inputs/\(name)")], for: [x])
        let tensor = try #require(values["X"]?.tensor)
        #expect(tensor.shape == Shape([3, 2]))
        #expect(try tensor.elements(as: Float.self) == Self.matrix)
    }

    @Test(arguments: ["x.npy", "x.npz", "x.pb", "x.json", "x.csv"])
    func `a file without a name feeds the only input`(name: String) throws {
        let values = try readInputs([fixturePath("inputs/\(name)")], for: [x])
        #expect(try values["X"]?.tensor?.elements(as: Float.self) == Self.matrix)
    }

    @Test func `an ONNX tensor names its own input among several`() throws {
        let other = ValueInfo(name: "Y", type: .tensor(.float, ["batch", 2]))
        let values = try readInputs([fixturePath("inputs/x.pb")], for: [other, x])
        #expect(values.keys.sorted() == ["X"])
    }

    @Test func `columns of a table feed inputs of one column by name, in any order`() throws {
        let path = try file("b,a,c\n1,x,true\n2,y,false\n")
        let inputs = [
            ValueInfo(name: "a", type: .tensor(.string, ["N", 1])),
            ValueInfo(name: "b", type: .tensor(.int64, ["N", 1])),
            ValueInfo(name: "c", type: .tensor(.bool, ["N"])),
        ]
        let values = try readInputs([path], for: inputs)
        #expect(values["a"]?.tensor?.strings == ["x", "y"])
        #expect(values["a"]?.tensor?.shape == Shape([2, 1]))
        #expect(try values["b"]?.tensor?.elements(as: Int64.self) == [1, 2])
        #expect(try values["c"]?.tensor?.elements(as: Bool.self) == [true, false])
        #expect(values["c"]?.tensor?.shape == Shape([2]))
    }

    @Test func `keys of an object feed inputs by name`() throws {
        let path = try file(#"{"b": [[1], [2]], "a": ["x"], "s": 3}"#)
        let inputs = [
            ValueInfo(name: "a", type: .tensor(.string, ["N"])),
            ValueInfo(name: "b", type: .tensor(.uint8, ["N", 1])),
            ValueInfo(name: "s", type: .tensor(.double, [])),
        ]
        let values = try readInputs([path], for: inputs)
        #expect(values["a"]?.tensor?.strings == ["x"])
        #expect(try values["b"]?.tensor?.elements(as: UInt8.self) == [1, 2])
        #expect(values["s"]?.tensor?.shape == .scalar)
    }

    @Test(
        arguments: [
            ("[[1, 2], [3]]", "element `[1]`: the array has length 1, expected 2 as the first beside it"),
            ("[[1, 2], 3]", "element `[1]`: a number, expected an array of 2"),
            (#"[[1, 2], [3, "x"]]"#, #"element `[1][1]`: `"x"` is no `float`"#),
            ("[[1, null]]", "element `[0][1]`: null, expected a number, a boolean or a string"),
            ("[[1, [2]]]", "element `[0][1]`: an array, expected a number, a boolean or a string"),
            ("1,2\n3,q\n", #":2:2: `"q"` is no `float`"#),
            ("1,2x\n3,4\n", #":1:2: `"2x"` is no `float`"#),
            ("1,2\n3\n", "row `2`: the row has 1 cells, expected 2 as the first"),
            (#"{"Z": [1]}"#, "key `Z`: the model has no input `Z`, expected `X`"),
        ]
    )
    func `what is wrong with a file is said at its place`(text: String, message: String) throws {
        let path = try file(text)
        let separator = message.hasPrefix(":") ? "" : ": "
        #expect {
            try readInputs([path], for: [x])
        } throws: {
            "\($0)" == "`\(path)`\(separator)\(message)"
        }
    }

    @Test func `an input that the model does not have is named, with what it has`() {
        #expect {
            try readInputs(["feature=x.npy"], for: [ValueInfo(name: "features", type: nil)])
        } throws: { error in
            let text = "the model has no input `feature`, expected `features`"
            return "\(error)" == text && (error as? TensorFileError)?.hint == "did you mean `features`?"
        }
    }

    @Test func `an array of another element type is refused with the way out`() {
        let path = fixturePath("inputs/double.npy")
        #expect {
            try readInputs([path], for: [x])
        } throws: { error in
            let text = "`\(path)`: the array for input `X` is `double`, expected `float`"
            return "\(error)" == text && (error as? TensorFileError)?.hint == #"save it as `x.astype("float32")`"#
        }
    }

    @Test func `a file for one of several inputs must say for which`() {
        let path = fixturePath("inputs/x.npy")
        let other = ValueInfo(name: "Y", type: .tensor(.float, ["batch", 2]))
        #expect {
            try readInputs([path], for: [x, other])
        } throws: {
            "\($0)" == "`\(path)`: the file does not say which input it is for, the model has `X`, `Y`"
        }
    }

    @Test func `an array that an npz file does not have is named, with what it has`() {
        let path = fixturePath("inputs/two.npz")
        #expect {
            try readInputs(["X=\(path):othr"], for: [x])
        } throws: {
            "\($0)" == "`\(path)`: the file has no array `othr`, expected one of `X`, `other`"
        }
    }

    @Test func `an input given twice is refused`() {
        let path = fixturePath("inputs/x.npy")
        #expect {
            try readInputs(["X=\(path)", path], for: [x])
        } throws: {
            "\($0)" == "`\(path)`: input `X` is given twice"
        }
    }

    @Test(arguments: ["x.npy", "x.npz", "x.pb", "x.json", "header.csv"])
    func `a file cut or changed anywhere gives a value or an error, never a trap`(name: String) throws {
        let bytes = try fixture("inputs/\(name)")
        let path = folder.file("cut")
        for count in 0..<bytes.count {
            try Self.write(Array(bytes[..<count]), path)
            _ = try? readInputs([path], for: [x])
        }
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try Self.write(changed, path)
            _ = try? readInputs([path], for: [x])
        }
    }

    private func file(_ text: String) throws -> String {
        let path = folder.file("input")
        try Self.write(Array(text.utf8), path)
        return path
    }

    private static func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}

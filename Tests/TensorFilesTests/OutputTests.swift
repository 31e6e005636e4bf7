import Foundation
import JSON
import ModelFormats
import OnnxIR
import TensorFiles
import Tensors
import TestSupport
import Testing

@Suite struct OutputTests {
    private let labels: Value
    private let probabilities: Value
    private let image: Value

    init() throws {
        labels = .tensor(try Tensor(strings: ["setosa", "virginica"], shape: .vector(2)))
        let elements: [Float] = [0.25, 0.75, 1, 0]
        probabilities = .tensor(try Tensor(elements, shape: Shape([2, 2])))
        image = .tensor(try Tensor([UInt8](1...8), shape: Shape([2, 2, 2])))
    }

    @Test func `outputs with a row for each example are one table`() throws {
        let text = try outputTable(["label": labels, "p": probabilities], names: ["label", "p"])
        #expect(
            text == """
                label      p[0]  p[1]
                setosa     0.25  0.75
                virginica  1.0   0.0
                """
        )
    }

    @Test func `other outputs stand one after the other`() throws {
        let sequence = Value.sequence([image], of: .tensor(.uint8, shape: nil))
        let text = try outputTable(["image": image, "list": sequence], names: ["image", "list"])
        #expect(
            text == """
                image  tensor(uint8)[2, 2, 2]
                  [[[1,2],[3,4]],[[5,6],[7,8]]]
                list
                  [[[[1,2],[3,4]],[[5,6],[7,8]]]]
                """
        )
    }

    @Test func `every kind of value has a form in JSON`() throws {
        let keys = try Tensor([Int64(7), -1])
        let half = Value.tensor(try Tensor([Float(0.5)], shape: .scalar))
        let missing = Value.tensor(try Tensor([Double.nan, .infinity, -.infinity]))
        let values: [String: Value] = [
            "map": .map(keys: keys, values: [half, half], of: .tensor(.float, shape: [])),
            "none": .optional(nil, of: .tensor(.float, shape: nil)),
            "some": .optional(half, of: .tensor(.float, shape: nil)),
            "odd": missing,
            "empty": .tensor(try Tensor([Int32](), shape: Shape([2, 0]))),
            "flags": .tensor(try Tensor([true, false])),
        ]
        let text = try json(of: values, names: ["map", "none", "some", "odd", "empty", "flags"]).serialized(.compact)
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"map":{"7":0.5,"-1":0.5},"none":null,"some":0.5,"odd":["NaN","Infinity","-Infinity"],"#
                + #""empty":[[],[]],"flags":[true,false]}"#
        )
    }

    @Test func `an element type without a form as text is not supported`() throws {
        let region = try MemoryRegion.allocate(byteCount: 8) { _ in }
        let value = Value.tensor(try Tensor(elementType: .complex64, shape: .vector(1), region: region))
        #expect {
            try json(of: ["c": value], names: ["c"])
        } throws: {
            "\($0)" == "output `c`: elements of type `complex64` have no form as text"
        }
    }

    @Test func `an npz file holds the outputs by name`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("out.npz")
        try writeOutputs(["p": probabilities, "image": image], names: ["p", "image"], path: path)
        let read = try readNpz([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(read.map(\.name) == ["p", "image"])
        #expect(try read[0].tensor.elements(as: Float.self) == [0.25, 0.75, 1, 0])
        #expect(read[1].tensor.shape == Shape([2, 2, 2]))
    }

    @Test func `a value that is no tensor does not go into an npz file`() throws {
        let folder = try TemporaryFolder()
        let sequence = Value.sequence([image], of: .tensor(.uint8, shape: nil))
        #expect {
            try writeOutputs(["list": sequence], names: ["list"], path: folder.file("out.npz"))
        } throws: {
            "\($0)" == "output `list`: the value is not a tensor, and npz files hold tensors alone"
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test(
        arguments: [
            ([1, 2], [1, 2], "y: agrees, 2 elements, greatest difference 0.0"),
            ([1, .nan], [1, .nan], "y: agrees, 2 elements, greatest difference 0.0"),
            ([1, 2], [1, 2.5], "y: differs, 2 elements, greatest difference 0.5"),
            ([100_000], [100_001], "y: agrees, 1 element, greatest difference 1.0"),
            ([1, .nan], [1, 2], "y: differs, 2 elements, greatest difference 0.0"),
            ([1], [1, 2], "y: differs, 1 element"),
        ] as [([Double], [Double], String)]
    )
    func `two runs are compared output by output`(left: [Double], right: [Double], text: String) throws {
        let values = ["y": Value.tensor(try Tensor(left))]
        let comparison = try OutputComparison(values, ["y": .tensor(try Tensor(right))], names: ["y"])
        #expect(comparison.text == text)
        #expect(comparison.agrees == text.contains("agrees"))
        #expect(comparison.json["agrees"] == .bool(comparison.agrees))
    }

    @Test func `text that differs is a difference without a measure`() throws {
        let other = Value.tensor(try Tensor(strings: ["setosa", "virginia"], shape: .vector(2)))
        let comparison = try OutputComparison(["label": labels], ["label": other], names: ["label"])
        #expect(comparison.text == "label: differs, 2 elements")
    }
}

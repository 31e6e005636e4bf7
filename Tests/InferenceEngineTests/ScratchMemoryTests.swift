import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// What operators work with beside their inputs and outputs, held against the limits.
@Suite struct ScratchMemoryTests {
    private func tester(_ opType: String, _ attributes: [Attribute] = [], tensor: Int, total: Int) -> OperatorTester {
        var tester = OperatorTester(opType, attributes)
        tester.options.limits.tensorByteCount = tensor
        tester.options.limits.totalByteCount = total
        return tester
    }

    private let bytes: @Sendable (Int) throws -> Tensor = { try Tensor([UInt8](repeating: 1, count: $0)) }

    @Test func `a tensor within the limit needs no table of its places`() throws {
        let many = try bytes(900)
        let cases: [(String, [Tensor?])] = [
            ("Expand", [try bytes(1), try ints([900])]),
            ("ReduceSum", [many]),
            ("Slice", [many, try ints([.max]), try ints([.min]), try ints([0]), try ints([-1])]),
            ("Tile", [many, try ints([1])]),
            ("Tile", [try bytes(450), try ints([2])]),
            ("Transpose", [many]),
        ]
        for (opType, inputs) in cases {
            let result = try tester(opType, tensor: 1000, total: 4000).run(inputs)
            #expect(result[0].tensor?.shape.elementCount == (opType == "ReduceSum" ? 1 : 900), "\(opType)")
        }
        let column = try bytes(30).reshaped(to: Shape([30, 1]) ?? .scalar)
        let sum = try tester("Add", tensor: 1000, total: 4000).run([column, bytes(30)])
        #expect(try sum[0].tensor?.elements(as: UInt8.self) == [UInt8](repeating: 2, count: 900))
    }

    @Test func `memory that an operator works with counts, both ways`() throws {
        let cases: [(OperatorTester, [Tensor?], String)] = [
            (tester("Pad", tensor: 1000, total: 4000), [try bytes(1), try ints([0, 899])], "7200"),
            (
                tester("Unique", tensor: 4000, total: 12_000),
                [try floats((0..<300).map { Float($0) })],
                "48000"
            ),
        ]
        for (tester, inputs, byteCount) in cases {
            var reference = tester
            reference.options.optimised = false
            for tester in [tester, reference] {
                #expect(
                    tester.error(inputs) == """
                        node `n` (\(tester.opType), opset 17): the operator needs \(byteCount) bytes to work with, and with \
                        the values of the run that is more than the limit of \(tester.options.limits.totalByteCount) bytes
                        """
                )
            }
        }
    }

    @Test(arguments: ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"])
    func `the nodes of a forest count when it is loaded`(opType: String) throws {
        let example = try #require(NodeExample.all[opType])
        var tester = OperatorTester(
            opType,
            domain: .onnxML,
            opset: opType == "TreeEnsemble" ? 5 : 3,
            example.attributes
        )
        let input = try floats([1, 2, 3, 4], [2, 2])
        #expect(try tester.run([input]).count == 1)
        tester.options.limits.boundMemory(to: 600)
        let message = "the values of the run together are larger than the limit of 600 bytes"
        #expect(tester.error([input]).hasSuffix(message))
    }
}

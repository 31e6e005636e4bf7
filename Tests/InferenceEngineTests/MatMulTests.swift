import InferenceEngine
import OnnxIR
import Tensors
import Testing

@Suite struct MatMulTests {
    @Test func `the product of two matrices is numpy's`() throws {
        let product = try OperatorTester("MatMul").run([
            floats([1, 2, 3, 4, 5, 6], [2, 3]), floats([1, 0, 0, 1, 1, 1], [3, 2]),
        ])
        #expect(try product[0].tensor?.elements(as: Float.self) == [4, 5, 10, 11])
    }

    @Test func `inner dimensions that differ name both shapes`() throws {
        let error = try OperatorTester("MatMul").error([floats([1, 2], [1, 2]), floats([1, 2, 3], [3, 1])])
        #expect(error == "node `n` (MatMul, opset 17): inner dimensions differ, lhs [1, 2], rhs [3, 1]")
    }
}

import Tensors
import Testing

@Suite struct ShapeTests {
    @Test(arguments: [([], 1), ([3], 3), ([2, 0, 5], 0), ([2, 3, 4], 24), ([0, 1 << 40, 1 << 20], 0)])
    func `the element count is the product of the dimensions`(dimensions: [Int], count: Int) {
        #expect(Shape(dimensions)?.elementCount == count)
    }

    @Test(arguments: [[-1], [2, -3], [1 << 40, 1 << 40], [0, 1 << 40, 1 << 40], [.max, 2]])
    func `negative dimensions and products beyond Int are no shape`(dimensions: [Int]) {
        #expect(Shape(dimensions) == nil)
    }

    @Test func `strides are row-major`() {
        #expect(Shape([2, 3, 4])?.strides == [12, 4, 1])
        #expect(Shape.scalar.strides == [])
    }

    // SPEC: https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md gives these cases.
    @Test(
        arguments: [
            ([2, 3, 4, 5], [], [2, 3, 4, 5]), ([2, 3, 4, 5], [5], [2, 3, 4, 5]),
            ([4, 5], [2, 3, 4, 5], [2, 3, 4, 5]),
            ([1, 4, 5], [2, 3, 1, 1], [2, 3, 4, 5]), ([3, 4, 5], [2, 1, 1, 1], [2, 3, 4, 5]), ([0], [1], [0]),
            ([2], [3], nil), ([2, 0], [2, 3], nil),
        ] as [([Int], [Int], [Int]?)]
    )
    func `shapes broadcast as ONNX says`(lhs: [Int], rhs: [Int], expected: [Int]?) throws {
        let lhs = try #require(Shape(lhs))
        let rhs = try #require(Shape(rhs))
        #expect(lhs.broadcast(with: rhs)?.dimensions == expected)
        #expect(rhs.broadcast(with: lhs)?.dimensions == expected)
    }
}

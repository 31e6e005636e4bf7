import ModelFormats
import Tensors
import Diagnostics
import TestSupport
import Testing

@Suite struct NpzTests {
    @Test func `the arrays of a file that NumPy wrote come by name`() throws {
        let tensors = try readNpz(try fixture("numpy/stored.npz"))
        #expect(tensors.map(\.name) == ["X", "label"])
        #expect(try tensors[0].tensor.elements(as: Int64.self) == [0, 1, 2, 3, 4, 5])
        #expect(tensors[1].tensor.strings == ["a", "b"])
    }

    @Test func `a compressed file is read within its limit`() throws {
        let bytes = try fixture("numpy/deflated.npz")
        #expect(try readNpz(bytes).map(\.name) == ["X", "zeros"])
        let error = #expect(throws: ModelFormatError.self) { try readNpz(bytes, limit: 70_000) }
        #expect(error?.code == .tooLarge)
        #expect(error?.description.hasPrefix("member `zeros.npy`: the data grows too large, expected at most") == true)
    }

    @Test func `what is written is read back`() throws {
        let bytes = try writeNpz([
            ("a", try Tensor([1, 2] as [Float])), ("b", try Tensor(strings: ["x"], shape: .scalar)),
        ])
        let tensors = try readNpz(bytes)
        #expect(tensors.map(\.name) == ["a", "b"])
        #expect(try tensors[0].tensor.elements(as: Float.self) == [1, 2])
        #expect(tensors[1].tensor.strings == ["x"])
        #expect(try writeNpz(tensors) == bytes)
    }

    @Test func `something else is named`() {
        let error = #expect(throws: ModelFormatError.self) { try readNpz(Array("hello".utf8)) }
        #expect(error?.code == .malformed)
    }
}

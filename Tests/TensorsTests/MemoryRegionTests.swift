import TestSupport
import Tensors
import Testing

@Suite struct MemoryRegionTests {
    @Test func `bytes on a boundary stay where they are`() throws {
        let region = try MemoryRegion.allocate(byteCount: 32) { _ throws(TensorError) in }
        #expect(try region.aligned(to: 8) === region)
        #expect(try region.slice(8..<16)?.aligned(to: 8).bytes.baseAddress == region.bytes.baseAddress.map { $0 + 8 })
    }

    @Test func `bytes on no boundary are copied to one, once`() throws {
        let region = try MemoryRegion.copying([UInt8](0..<32)[...])
        let part = try #require(region.slice(3..<19))
        let copy = try part.aligned(to: 8)
        #expect(copy.isAligned(to: 8))
        #expect(Array(copy.bytes) == [UInt8](3..<19))
        #expect(try part.aligned(to: 8) === copy)
    }

    @Test func `elements are read on any boundary`() throws {
        let region = try MemoryRegion.copying([0, 0, 0, 0, 128, 63, 0, 0, 0, 192][...])
        let part = try #require(region.slice(2..<10))
        let tensor = try Tensor(elementType: .float, shape: .vector(2), region: part)
        #expect(try tensor.elements(as: Float.self) == [1, -2])
    }
}

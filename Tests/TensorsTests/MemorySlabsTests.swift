import TestSupport
import Tensors
import Testing

@Suite struct MemorySlabsTests {
    @Test func `regions are apart, on boundaries, and stay as they were filled`() throws {
        var regions: [(region: MemoryRegion, fill: UInt8)] = []
        do {
            let slabs = MemorySlabs()
            // Beyond what is plain memory, over the end of a slab, and larger than one.
            let sizes = (0..<40).map { $0 * 1_299_709 % 2_000_003 } + [0, 1, 40 << 20, 64]
            for (index, size) in sizes.enumerated() {
                let fill = UInt8(truncatingIfNeeded: index + 1)
                let region = try slabs.allocate(byteCount: size) { bytes throws(TensorError) in
                    #expect(bytes.count == size)
                    bytes.initializeMemory(as: UInt8.self, repeating: fill)
                }
                regions.append((region, fill))
            }
        }
        for (region, fill) in regions {
            #expect(region.isAligned(to: MemoryRegion.alignment))
            #expect(region.bytes.allSatisfy { $0 == fill })
            region.forgetPages()
            #expect(region.bytes.allSatisfy { $0 == fill })
        }
    }
}

import Tensors

/// Whole numbers of 2, 4 or 8 bits one behind the other, the first of a byte in its lowest bits.
struct PackedBits {
    let bytes: UnsafePointer<UInt8>
    let bitCount: Int
    let isSigned: Bool

    init(_ bytes: UnsafePointer<UInt8>, bitCount: Int, isSigned: Bool = false) {
        (self.bytes, self.bitCount, self.isSigned) = (bytes, bitCount, isSigned)
    }

    /// How many numbers a byte holds.
    var countPerByte: Int { 8 / bitCount }

    subscript(index: Int) -> Int {
        let byte = bytes[index / countPerByte] >> UInt8(truncatingIfNeeded: index % countPerByte &* bitCount)
        let number = Int(byte) & ((1 << bitCount) - 1)
        return isSigned && number >> (bitCount - 1) == 1 ? number - (1 << bitCount) : number
    }
}

extension NodeContext {
    /// The number of bits of quantised numbers.
    func packedBitCount() throws(EngineError) -> Int {
        let count = try int("bits", default: 4)
        guard [2, 4, 8].contains(count) else { throw .attribute("bits", count, expected: "2, 4 or 8") }
        return count
    }

    /// How many quantised numbers share a scale.
    func quantizationBlockSize(default size: Int? = nil) throws(EngineError) -> Int {
        let size = try required("block_size", int("block_size") ?? size)
        guard size >= 16, size <= 1 << 24, size.nonzeroBitCount == 1 else {
            throw .attribute("block_size", size, expected: "a power of 2 from 16 to \(1 << 24)")
        }
        return size
    }
}

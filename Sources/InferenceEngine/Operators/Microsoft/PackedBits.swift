import Diagnostics
import OnnxIR
import Tensors

/// Codes of 2, 4 or 8 bits one behind the other, the first of a byte in its lowest bits.
struct PackedBits {
    let bytes: UnsafePointer<UInt8>
    let bitCount: Int

    /// How many codes a byte holds.
    var countPerByte: Int { 8 / bitCount }

    subscript(index: Int) -> Int {
        let byte = bytes[index / countPerByte] >> UInt8(truncatingIfNeeded: index % countPerByte &* bitCount)
        return Int(byte) & ((1 << bitCount) - 1)
    }
}

extension NodeContext {
    /// The number of bits of quantised numbers.
    func packedBitCount() throws(EngineError) -> Int {
        let count = try int("bits", default: 4)
        guard [2, 4, 8].contains(count) else { throw .attribute("bits", count, expected: "2, 4 or 8") }
        return count
    }

    /// How many quantised numbers share a scale: a power of 2, held to a size that counts of blocks can bear.
    func quantizationBlockSize(_ size: Int) throws(EngineError) -> Int {
        guard size >= 16, size <= 1 << 24, size.nonzeroBitCount == 1 else {
            throw .attribute("block_size", size, expected: "a power of 2 from 16 to \(1 << 24)")
        }
        return size
    }
}

/// Bytes with one to four small damages: a byte or bit changed, inserted or removed, a run repeated at the end.
package func mutated(_ bytes: [UInt8], with random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
        case 3: bytes.remove(at: index)
        default:
            let end = min(bytes.count, index + Int.random(in: 1...32, using: &random))
            bytes.append(contentsOf: bytes[index..<end])
        }
    }
    return bytes
}

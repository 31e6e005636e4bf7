/// The stream cipher XSalsa20, which NaCl's `secretbox` is made of and libcrypto does not have.
///
/// Additions, rotations and exclusive ors of words alone: its time does not depend on the key.
///
/// *Source*: D. J. Bernstein, The Salsa20 family of stream ciphers, and Extending the Salsa20 nonce.
struct XSalsa20 {
    /// The key that is derived from the key and the first 16 bytes of the nonce, as words.
    private let subkey: [UInt32]
    /// The last 8 bytes of the nonce, as words.
    private let nonce: [UInt32]

    /// A stream; `nil` unless the key has 32 bytes and the nonce 24.
    init?(key: [UInt8], nonce: [UInt8]) {
        guard key.count == 32, nonce.count == 24 else { return nil }
        let words = Self.words(nonce)
        var state = Self.state(key: Self.words(key), Array(words[0..<4]))
        Self.permute(&state)
        subkey = [0, 5, 10, 15, 6, 7, 8, 9].map { state[$0] }
        self.nonce = Array(words[4..<6])
    }

    /// The bytes, each exclusive-or that of the stream at its place, from `offset` of the stream on.
    func applied(to bytes: [UInt8], offset: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var block: [UInt8] = []
        var number = -1
        for (index, byte) in bytes.enumerated() {
            let position = offset + index
            if position / 64 != number {
                number = position / 64
                block = self.block(UInt64(number))
            }
            result.append(byte ^ block[position % 64])
        }
        return result
    }

    private func block(_ number: UInt64) -> [UInt8] {
        let counter = [UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32)]
        let start = Self.state(key: subkey, nonce + counter)
        var state = start
        Self.permute(&state)
        return zip(state, start).flatMap { word, added in
            withUnsafeBytes(of: (word &+ added).littleEndian, Array.init)
        }
    }

    /// The square of words: the key around the constants and four words of input.
    private static func state(key: [UInt32], _ input: [UInt32]) -> [UInt32] {
        let constants = words(Array("expand 32-byte k".utf8))
        return [constants[0]] + key[0..<4] + [constants[1]] + input + [constants[2]] + key[4..<8] + [constants[3]]
    }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        }
    }

    private static func permute(_ state: inout [UInt32]) {
        let columns = [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11]]
        let rows = [[0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]]
        for _ in 0..<10 {
            for places in columns + rows {
                for (target, (left, right), shift) in [
                    (1, (0, 3), UInt32(7)), (2, (1, 0), 9), (3, (2, 1), 13), (0, (3, 2), 18),
                ] {
                    let sum = state[places[left]] &+ state[places[right]]
                    state[places[target]] ^= sum << shift | sum >> (32 - shift)
                }
            }
        }
    }
}

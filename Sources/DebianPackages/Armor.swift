import Diagnostics

/// The bytes of the keys in a text, of all blocks one after the other.
///
/// The sum at the end of a block is not looked at.
/// *Throws*: `signature` for a text without a block, or with one that is damaged.
/// *Source*: RFC 9580, section 6.2; an empty line is `.` in a source of apt.
func armoredKeys(_ text: [UInt8]) throws(DebianPackagesError) -> [UInt8] {
    let (begin, end) = ("-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----")
    let damaged = DebianPackagesError(.signature, "the keyring holds no keys, expected a block of `\(begin)`")
    var bytes: [UInt8] = []
    /// The base64 of the block so far; `nil` outside of blocks.
    var letters: [UInt8]?
    var isHead = false
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
        let line = line.last == 0x0D ? line.dropLast() : line
        if line.elementsEqual(begin.utf8) {
            (letters, isHead) = ([], true)
        } else if let block = letters {
            if line.elementsEqual(end.utf8) {
                guard let block = decoded(base64: block), !block.isEmpty else { throw damaged }
                bytes += block
                letters = nil
            } else if isHead {
                isHead = !line.isEmpty && !line.elementsEqual(".".utf8)
            } else if line.first != UInt8(ascii: "=") {
                letters?.append(contentsOf: line)
            }
        }
    }
    guard letters == nil, !bytes.isEmpty else { throw damaged }
    return bytes
}

/// The bytes of a text in base64; `nil` for anything else.
///
/// *Source*: RFC 4648, section 4.
private func decoded(base64 text: [UInt8]) -> [UInt8]? {
    let digits = text.prefix { $0 != UInt8(ascii: "=") }
    let padding = text.count - digits.count
    guard text.count.isMultiple(of: 4), padding <= 2, text.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") })
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var (bits, count) = (UInt32(0), 0)
    for digit in digits {
        let value: UInt8
        switch digit {
        case 0x41...0x5A: value = digit - 0x41
        case 0x61...0x7A: value = digit - 0x61 + 26
        case 0x30...0x39: value = digit - 0x30 + 52
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        default: return nil
        }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return bytes
}

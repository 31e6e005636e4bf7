import Diagnostics
import TextFormats

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
                guard let block = base64Decoded(String(decoding: block, as: UTF8.self)), !block.isEmpty else {
                    throw damaged
                }
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

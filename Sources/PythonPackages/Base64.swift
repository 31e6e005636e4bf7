/// Bytes in base64.
///
/// *Parameter* isForNames: with `-` and `_`, without padding, as PEP 376 and `RECORD` have digests.
/// *Source*: RFC 4648, sections 4 and 5.
func base64(_ bytes: [UInt8], isForNames: Bool = false) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    let alphabet = letters + Array((isForNames ? "-_" : "+/").utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32($1 < group.count ? group[start + $1] : 0) }
        for place in 0...group.count { result.append(alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)]) }
        if !isForNames { result += [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count) }
    }
    return String(decoding: result, as: UTF8.self)
}

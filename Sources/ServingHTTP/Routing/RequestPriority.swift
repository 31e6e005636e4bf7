import Glibc
package import ServingTransport

/// The priority that a request for inference asks for, as far as a glance at its JSON tells; 0 for none.
///
/// It is found before the request is read, on the connection's own thread: of a long body only the beginning and the end
/// are looked at, where clients write the parameters. What stands in a string counts as well, and harms nobody, as clients
/// choose their priority anyway.
package func priority(of request: HTTPRequest) -> Int {
    let length = request.values(of: InferRequest.lengthHeader).first.flatMap { Int($0) } ?? request.body.count
    let json = request.body.prefix(max(0, length))
    return priority(in: json.suffix(glance)) ?? priority(in: json.prefix(glance)) ?? 0
}

/// How many bytes of each end are looked at.
private let glance = 4096

private func priority(in bytes: ArraySlice<UInt8>) -> Int? {
    let name = Array("\"priority\"".utf8)
    let offset = bytes.withUnsafeBytes { bytes -> Int? in
        guard let base = bytes.baseAddress, let found = memmem(base, bytes.count, name, name.count) else { return nil }
        return UnsafeRawPointer(found) - base
    }
    guard let offset else { return nil }
    var rest = bytes.dropFirst(offset + name.count).drop(while: isBlank)
    guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
    let digits = rest.drop(while: isBlank).prefix { (0x30...0x39).contains($0) }
    return Int(String(decoding: digits.prefix(12), as: UTF8.self))
}

private func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

import CCrypto
import Diagnostics
import Files

/// The sha256 of some bytes, which is their name wherever mlpack stores or sends them.
///
///     Digest(of: bytes).description       // sha256:9f86d0…
///     Digest(of: bytes).hex               // 9f86d0…
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// The number of bytes of a sha256.
    package static let byteCount = 32

    /// The 32 bytes of the digest.
    package let bytes: [UInt8]

    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// The digest of `bytes`.
    package init(of bytes: UnsafeRawBufferPointer) {
        var running = RunningDigest()
        running.update(bytes)
        self = running.digest
    }

    /// The digest of `bytes`.
    package init(of bytes: [UInt8]) {
        var running = RunningDigest()
        running.update(bytes)
        self = running.digest
    }

    /// Reads the lower-case hexadecimal form; `nil` for anything but 64 digits of it.
    package init?(hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    /// Reads the form of OCI: `sha256:` and 64 lower-case hexadecimal digits.
    ///
    /// *Throws*: `digestSyntax` for anything else, other algorithms included.
    /// *Source*: OCI image specification, descriptor.md, Digests.
    package init(parsing text: String) throws(ContentStoreError) {
        guard text.hasPrefix("sha256:"), let digest = Digest(hex: text.dropFirst("sha256:".count)) else {
            throw ContentStoreError(
                .digestSyntax,
                "digest has another form, expected `sha256:` and 64 lower-case hexadecimal digits, got `\(text)`"
            )
        }
        self = digest
    }

    /// The 64 lower-case hexadecimal digits, without the name of the algorithm.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The form of OCI: `sha256:` and the hexadecimal digits.
    package var description: String { "sha256:\(hex)" }
}

private func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
}

/// A digest of bytes that come piece by piece.
package struct RunningDigest: Sendable {
    private var state = mlpack_sha256_start()
    /// How many bytes have come so far.
    package private(set) var byteCount = 0

    /// The digest of no bytes yet.
    package init() {}

    /// Takes the next bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        mlpack_sha256_update(&state, bytes.baseAddress, bytes.count)
        byteCount += bytes.count
    }

    /// Takes the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.span.bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of everything that came so far; more may follow.
    package var digest: Digest {
        Digest(
            unchecked: Array(unsafeUninitializedCapacity: Digest.byteCount) { buffer, count in
                mlpack_sha256_finish(state, buffer.baseAddress)
                count = Digest.byteCount
            }
        )
    }
}

/// The digest and the size of a file, read in pieces of constant size.
///
/// *Throws*: `notFound`, and `refused` when the file cannot be read.
package func digestOfFile(_ path: String) throws -> (digest: Digest, byteCount: Int) {
    var running = RunningDigest()
    try readFileInPieces(path) { running.update($0) }
    return (running.digest, running.byteCount)
}

import CSigning
import Diagnostics

/// NaCl's `secretbox`: bytes that one key of 32 bytes encrypts and authenticates, as cosign keeps its private keys.
///
/// *Source*: D. J. Bernstein, Cryptography in NaCl, section 9: XSalsa20, and Poly1305 with the first 32 bytes of its stream.
struct SecretBox {
    static let keyByteCount = 32
    static let nonceByteCount = 24
    static let tagByteCount = 16

    private let stream: XSalsa20
    private let authenticationKey: [UInt8]

    /// A box; `nil` unless the key has 32 bytes and the nonce 24.
    init?(key: [UInt8], nonce: [UInt8]) {
        guard let stream = XSalsa20(key: key, nonce: nonce) else { return nil }
        self.stream = stream
        authenticationKey = stream.applied(to: [UInt8](repeating: 0, count: 32), offset: 0)
    }

    /// The tag and the bytes, encrypted.
    ///
    /// *Throws*: `primitive` when libcrypto has no Poly1305.
    func sealed(_ bytes: [UInt8]) throws(SigningError) -> [UInt8] {
        let encrypted = stream.applied(to: bytes, offset: 32)
        return try tag(encrypted) + encrypted
    }

    /// What a box holds; `nil` when the key is another or the bytes were changed.
    ///
    /// *Throws*: `primitive` when libcrypto has no Poly1305.
    func opened(_ box: [UInt8]) throws(SigningError) -> [UInt8]? {
        guard box.count >= Self.tagByteCount else { return nil }
        let encrypted = Array(box[Self.tagByteCount...])
        guard mlpack_are_equal(Array(box[..<Self.tagByteCount]), try tag(encrypted), Self.tagByteCount) == 1 else {
            return nil
        }
        return stream.applied(to: encrypted, offset: 32)
    }

    private func tag(_ bytes: [UInt8]) throws(SigningError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: Self.tagByteCount)
        guard mlpack_poly1305(authenticationKey, bytes, bytes.count, &tag) == 1 else {
            throw SigningError(.primitive, "libcrypto has no Poly1305 here")
        }
        return tag
    }
}

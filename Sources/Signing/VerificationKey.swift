import CSigning
import Diagnostics

/// A public key of the curve P-256, which tells whose a signature is.
package struct VerificationKey: Sendable, Hashable {
    /// The key as SubjectPublicKeyInfo in DER.
    package let der: [UInt8]

    init(checked der: [UInt8]) { self.der = der }

    /// Reads a key in PEM: `PUBLIC KEY`, as cosign and OpenSSL write it.
    ///
    /// *Throws*: `keyFormat`, and `keyKind` for keys of other kinds than ECDSA with P-256.
    package init(parsing text: [UInt8]) throws(SigningError) {
        let pem: PEM
        do { pem = try PEM(parsing: text, kind: "PUBLIC KEY") } catch {
            var error = error
            if (try? PEM(parsing: text, kind: "PRIVATE KEY")) != nil {
                error.hint = "it is a private key, signatures are held against the public one"
            }
            throw error
        }
        der = try keyBytes("the public key") { mlpack_public_key(pem.bytes, CInt(pem.bytes.count), $0, $1) }
    }

    /// The key in PEM.
    package var pem: String { PEM(label: "PUBLIC KEY", bytes: der).text }

    /// Whether a signature in DER is one of this key over the SHA-256 of `bytes`.
    package func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        mlpack_is_signature(der, CInt(der.count), bytes, bytes.count, signature, signature.count) == 1
    }
}

/// The bytes that a function of libcrypto writes, which are a key.
func keyBytes(
    _ name: String,
    _ write: (UnsafeMutablePointer<UInt8>?, CInt) -> CInt
) throws(SigningError) -> [UInt8] {
    // A key of P-256 has 91 bytes in public and 138 in private.
    var status: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
        status = write(buffer.baseAddress, CInt(buffer.count))
        count = Int(max(0, status))
    }
    switch status {
    case 1...: return bytes
    case CInt(MLPACK_KEY_OTHER_KIND):
        throw SigningError(.keyKind, "\(name) is of another kind, expected ECDSA with the curve P-256")
    case CInt(MLPACK_KEY_NEEDS_PASSWORD):
        throw SigningError(.password, "the password is another than that of the key")
    default: throw SigningError(.keyFormat, "\(name) is damaged, libcrypto reads none from it")
    }
}

import CSigning
import Diagnostics

/// A private key of the curve P-256, which makes signatures.
package struct SigningKey: Sendable {
    /// The key as PKCS#8 in DER.
    private let der: [UInt8]

    private init(der: [UInt8]) { self.der = der }

    /// A new key.
    ///
    /// *Throws*: `primitive` when the machine has no random numbers.
    package static func generate() throws(SigningError) -> SigningKey {
        do { return SigningKey(der: try keyBytes("the new key") { mlpack_generate_key($0, $1) }) } catch {
            throw SigningError(.primitive, "libcrypto makes no keys of the curve P-256 here")
        }
    }

    /// Reads a key in PEM: cosign's own form, PKCS#8, encrypted PKCS#8, or SEC 1.
    ///
    /// *Parameter* password: asked for when the key is encrypted.
    /// *Throws*: `keyFormat`, `keyKind` for keys of other kinds than ECDSA with P-256, `password`, and what `password`
    /// throws.
    package init(parsing text: [UInt8], password: () throws -> [UInt8]) throws {
        let pem = try PEM(parsing: text, kind: "PRIVATE KEY")
        if EncryptedKey.labels.contains(pem.label) {
            let bytes = try EncryptedKey(parsing: pem.bytes).opened(password: password())
            der = try keyBytes("the private key") { mlpack_private_key(bytes, CInt(bytes.count), $0, $1) }
        } else if pem.isPlain, pem.label != "ENCRYPTED PRIVATE KEY" {
            der = try keyBytes("the private key") { mlpack_private_key(pem.bytes, CInt(pem.bytes.count), $0, $1) }
        } else {
            let secret = try password()
            der = try keyBytes("the private key") {
                mlpack_private_key_from_pem(
                    text,
                    CInt(clamping: text.count),
                    secret,
                    CInt(clamping: secret.count),
                    $0,
                    $1
                )
            }
        }
    }

    /// The other half.
    ///
    /// *Throws*: `primitive`.
    package func publicKey() throws(SigningError) -> VerificationKey {
        VerificationKey(
            checked: try keyBytes("the public key") { mlpack_public_half(der, CInt(der.count), $0, $1) }
        )
    }

    /// The key in cosign's form, encrypted with a password, which may be empty.
    ///
    /// *Throws*: `primitive`.
    package func pem(password: [UInt8]) throws(SigningError) -> String {
        PEM(label: EncryptedKey.label, bytes: try EncryptedKey(der, password: password).bytes).text
    }

    /// The signature of the SHA-256 of `bytes`, in DER; another one each time.
    ///
    /// *Throws*: `primitive`.
    /// *Source*: FIPS 186-4, ECDSA.
    package func signature(of bytes: [UInt8]) throws(SigningError) -> [UInt8] {
        var status: CInt = 0
        let signature = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            status = mlpack_sign(der, CInt(der.count), bytes, bytes.count, buffer.baseAddress, buffer.count)
            count = Int(max(0, status))
        }
        guard status > 0 else { throw SigningError(.primitive, "libcrypto refuses to sign") }
        return signature
    }
}

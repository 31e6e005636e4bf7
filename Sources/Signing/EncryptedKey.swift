import CSigning
import Diagnostics
import JSON
import TextFormats

/// A private key as cosign keeps it: PKCS#8 in a `secretbox` whose key scrypt makes of a password.
///
/// *Source*: the `encrypted` package of go-securesystemslib; cosign's label is `ENCRYPTED SIGSTORE PRIVATE KEY`, and was
/// `ENCRYPTED COSIGN PRIVATE KEY`.
package struct EncryptedKey: Sendable {
    static let label = "ENCRYPTED SIGSTORE PRIVATE KEY"
    static let labels = [label, "ENCRYPTED COSIGN PRIVATE KEY"]
    /// The costs `N` that such files have; with `r` = 8 and `p` = 1 they take 32, 64 and 128 MiB.
    private static let costs: Set<Int> = [32_768, 65_536, 131_072]

    private let cost: Int
    private let salt: [UInt8]
    private let nonce: [UInt8]
    private let box: [UInt8]

    /// Reads the JSON of a file.
    ///
    /// *Throws*: `keyFormat`, and `keyKind` for other ciphers and costs than those of cosign.
    package init(parsing bytes: [UInt8]) throws(SigningError) {
        let json: JSONValue
        do { json = try JSONValue.parse(bytes, limits: JSONLimits(depth: 8, byteCount: 1 << 16)) } catch {
            throw SigningError(.keyFormat, "the encrypted key is no JSON", cause: error)
        }
        func field(_ object: JSONValue?, _ key: String) throws(SigningError) -> [UInt8] {
            guard let text = object?[key]?.string, let bytes = base64Decoded(text) else {
                throw SigningError(.keyFormat, "`\(key)` of the encrypted key is missing, expected a text in base64")
            }
            return bytes
        }
        let (kdf, cipher) = (json["kdf"], json["cipher"])
        for (object, name) in [(kdf, "scrypt"), (cipher, "nacl/secretbox")] where object?["name"]?.string != name {
            let got = object?["name"]?.string ?? "nothing"
            throw SigningError(.keyKind, "the encrypted key is made another way, expected `\(name)`, got `\(got)`")
        }
        let numbers = ["N", "r", "p"].map { kdf?["params"]?[$0]?.number?.int ?? 0 }
        guard Self.costs.contains(numbers[0]), numbers[1...] == [8, 1] else {
            throw SigningError(
                .keyKind,
                "scrypt has other costs, expected `N` 32768, 65536 or 131072, `r` 8 and `p` 1, got "
                    + numbers.map(String.init).joined(separator: ", ")
            )
        }
        cost = numbers[0]
        salt = try field(kdf, "salt")
        nonce = try field(cipher, "nonce")
        box = try field(json, "ciphertext")
        guard nonce.count == SecretBox.nonceByteCount else {
            throw SigningError(
                .keyFormat,
                "`nonce` of the encrypted key has \(nonce.count) bytes, expected \(SecretBox.nonceByteCount)"
            )
        }
    }

    /// Encrypts a key.
    ///
    /// *Throws*: `primitive` when libcrypto refuses.
    package init(_ key: [UInt8], password: [UInt8]) throws(SigningError) {
        cost = 65_536
        salt = try randomBytes(32)
        nonce = try randomBytes(SecretBox.nonceByteCount)
        box = try Self.secretBox(password, salt, nonce, cost).sealed(key)
    }

    /// The key.
    ///
    /// *Throws*: `password` when it is another.
    package func opened(password: [UInt8]) throws(SigningError) -> [UInt8] {
        guard let key = try Self.secretBox(password, salt, nonce, cost).opened(box) else {
            throw SigningError(.password, "the password is another than that of the key")
        }
        return key
    }

    /// The content of the file's block.
    package var bytes: [UInt8] {
        let json: JSONValue = [
            "kdf": [
                "name": "scrypt",
                "params": ["N": .number(JSONNumber(cost)), "r": 8, "p": 1],
                "salt": .string(base64(salt)),
            ],
            "cipher": ["name": "nacl/secretbox", "nonce": .string(base64(nonce))],
            "ciphertext": .string(base64(box)),
        ]
        return json.serialized()
    }

    private static func secretBox(
        _ password: [UInt8],
        _ salt: [UInt8],
        _ nonce: [UInt8],
        _ cost: Int
    ) throws(SigningError) -> SecretBox {
        var key = [UInt8](repeating: 0, count: SecretBox.keyByteCount)
        let done = mlpack_scrypt(
            password,
            password.count,
            salt,
            salt.count,
            UInt64(cost),
            8,
            1,
            256 << 20,
            &key,
            key.count
        )
        guard done == 1, let box = SecretBox(key: key, nonce: nonce) else {
            throw SigningError(.primitive, "libcrypto refuses scrypt with `N` \(cost)")
        }
        return box
    }
}

/// Bytes that nobody can foretell.
///
/// *Throws*: `primitive` when the machine has none.
func randomBytes(_ count: Int) throws(SigningError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard mlpack_random(&bytes, CInt(count)) == 1 else {
        throw SigningError(.primitive, "libcrypto has no random numbers here")
    }
    return bytes
}

import Diagnostics
import Foundation
import Signing
import TestSupport
import Testing

/// Keys and signatures with OpenSSL's own command as the other side.
@Suite struct SigningKeyTests {
    private func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    private func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func `reads back the key that it wrote, with its password`() throws {
        let key = try SigningKey.generate()
        let text = Array(try key.pem(password: Array("pass".utf8)).utf8)
        #expect(String(decoding: text, as: UTF8.self).hasPrefix("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"))
        let again = try SigningKey(parsing: text) { Array("pass".utf8) }
        #expect(try again.publicKey() == key.publicKey())
        let legacy = String(decoding: text, as: UTF8.self).replacing("SIGSTORE", with: "COSIGN")
        #expect(try SigningKey(parsing: Array(legacy.utf8)) { Array("pass".utf8) }.publicKey() == key.publicKey())
        let error = #expect(throws: SigningError.self) { try SigningKey(parsing: text) { [] } }
        #expect(error?.message == "the password is another than that of the key")
    }

    @Test func `a signature holds for the same bytes and the same key alone`() throws {
        let key = try SigningKey.generate()
        let publicKey = try VerificationKey(parsing: Array(try key.publicKey().pem.utf8))
        let signature = try key.signature(of: Array("iris".utf8))
        #expect(publicKey.isSignature(signature, of: Array("iris".utf8)))
        #expect(!publicKey.isSignature(signature, of: Array("Iris".utf8)))
        #expect(!publicKey.isSignature([], of: Array("iris".utf8)))
        #expect(try !SigningKey.generate().publicKey().isSignature(signature, of: Array("iris".utf8)))
        for index in signature.indices {
            var damaged = signature
            damaged[index] ^= 1
            #expect(!publicKey.isSignature(damaged, of: Array("iris".utf8)))
        }
    }

    @Test(
        .enabled(if: hasTool("openssl")),
        arguments: [
            "openssl ecparam -name prime256v1 -genkey -out key.pem",
            "openssl ecparam -name prime256v1 -genkey -noout -out key.pem",
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:secret -out key.pem",
            "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes128 -passout pass:secret -out key.pem",
        ]
    )
    func `signs with the keys of OpenSSL, and OpenSSL verifies`(line: String) throws {
        let folder = try TemporaryFolder()
        #expect(try runTool(line, folder: folder.path).status == 0)
        let key = try SigningKey(parsing: read(folder.file("key.pem"))) { Array("secret".utf8) }
        let message = Array("a message".utf8)
        try write(message, to: folder.file("message"))
        try write(key.signature(of: message), to: folder.file("signature"))
        try write(key.publicKey().pem.utf8, to: folder.file("key.pub"))
        let verified = try runTool(
            "openssl dgst -sha256 -verify key.pub -signature signature message",
            folder: folder.path
        )
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        let same = try runTool(
            "openssl pkey -in key.pem -passin pass:secret -pubout | cmp - key.pub",
            folder: folder.path
        )
        #expect(same.status == 0)
        let signed = try runTool(
            "openssl dgst -sha256 -sign key.pem -passin pass:secret -out signature message",
            folder: folder.path
        )
        #expect(signed.status == 0)
        #expect(try key.publicKey().isSignature(read(folder.file("signature")), of: message))
        guard line.contains("secret") else { return }
        let error = #expect(throws: SigningError.self) {
            try SigningKey(parsing: read(folder.file("key.pem"))) { Array("other".utf8) }
        }
        #expect(error?.code == .password)
    }

    @Test(
        .enabled(if: hasTool("openssl")),
        arguments: [
            ("openssl genpkey -algorithm ed25519", "of another kind, expected ECDSA with the curve P-256"),
            ("openssl genrsa 2048", "of another kind, expected ECDSA with the curve P-256"),
            (
                "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
                "of another kind, expected ECDSA with the curve P-256"
            ),
            (
                "openssl ecparam -name prime256v1",
                "the file holds something else, expected a `PRIVATE KEY` in PEM, got `EC PARAMETERS`"
            ),
            ("printf 'hello\\n'", "the file holds something else, expected a `PRIVATE KEY` in PEM, got no block"),
            (
                "printf -- '-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n'",
                "the private key is damaged, libcrypto reads none from it"
            ),
            (
                "printf -- '-----BEGIN PRIVATE KEY-----\\nAAAA\\n'",
                "the block `PRIVATE KEY` has no end, expected `-----END PRIVATE KEY-----`"
            ),
        ]
    )
    func `refuses other keys`(line: String, words: String) throws {
        let text = Array(try runTool(line + " 2>/dev/null").output.utf8)
        let error = #expect(throws: SigningError.self) { try SigningKey(parsing: text) { [] } }
        #expect(error?.message.hasSuffix(words) == true, "\(error?.message ?? "")")
    }

    @Test func `mutations of key files are errors or keys, never more`() throws {
        let key = try SigningKey.generate()
        let text = Array(try key.publicKey().pem.utf8)
        var random = SeededRandom(seed: 1)
        for _ in 0..<300 {
            var damaged = text
            damaged[Int(random.next() % UInt64(text.count))] = UInt8(truncatingIfNeeded: random.next())
            _ = try? VerificationKey(parsing: damaged)
            _ = try? SigningKey(parsing: damaged) { [] }
        }
    }

    @Test func `files of keys are for their owner, and never written over`() throws {
        let folder = try TemporaryFolder()
        let files = KeyFiles(prefix: folder.file("cosign"))
        try files.write(SigningKey.generate(), password: [])
        let before = try read(files.privatePath)
        let attributes = try FileManager.default.attributesOfItem(atPath: files.privatePath)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let error = #expect(throws: SigningError.self) { try files.write(SigningKey.generate(), password: []) }
        #expect(error?.code == .exists)
        #expect(try read(files.privatePath) == before)
        try FileManager.default.removeItem(atPath: files.privatePath)
        #expect(throws: SigningError.self) { try files.write(SigningKey.generate(), password: []) }
        #expect(!FileManager.default.fileExists(atPath: files.privatePath))
    }
}

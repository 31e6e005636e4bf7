import Diagnostics
import Signing
import Testing

@Suite struct EncryptedKeyTests {
    /// What go-securesystemslib encrypted with the password `supersecret`, for each of its costs: the JSON of the bytes
    /// `reallyimportant`.
    static let vectors = [
        #"{"kdf":{"name":"scrypt","params":{"N":32768,"r":8,"p":1},"salt":"WO3mVvyTwJ9vwT5/Tk5OW5WPIBUofMjcpEfrLnfY4uA="},"#
            + #""cipher":{"name":"nacl/secretbox","nonce":"tCy7HcTFr4uxv4Nrg/DWmncuZ148U1MX"},"#
            + #""ciphertext":"08n43p5G5yviPEZpO7tPPF4aZQkWiWjkv4taFdhDBA0tamKH4nw="}"#,
        #"{"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":"FhzPOt9/bJG4PTq6lQ6ecG6GzaOuOy/ynG5+yRiFlNs="},"#
            + #""cipher":{"name":"nacl/secretbox","nonce":"aw1ng1jHaDz/tQ7V2gR9O2+IGQ8xJEuE"},"#
            + #""ciphertext":"HycvuLZL4sYH0BrYTh4E/H20VtAW6u5zL5Pr+IBjYLYnCPzDkq8="}"#,
        #"{"kdf":{"name":"scrypt","params":{"N":131072,"r":8,"p":1},"salt":"m38E3kouJTtiheLQN22NQ8DTito5hrjpUIskqcd375k="},"#
            + #""cipher":{"name":"nacl/secretbox","nonce":"Y6PM13yA+o44pE/W1ZBwczeGnTV/m9Zc"},"#
            + #""ciphertext":"6H8sqj1K6B6yDjtH5AQ6lbFigg/C2yDDJc4rYJ79w9aVPImFIPI="}"#,
    ]

    @Test(arguments: vectors) func `opens what others encrypted, with the password alone`(vector: String) throws {
        let key = try EncryptedKey(parsing: Array(vector.utf8))
        #expect(try key.opened(password: Array("supersecret".utf8)) == Array(#""cmVhbGx5aW1wb3J0YW50""#.utf8))
        let error = #expect(throws: SigningError.self) { try key.opened(password: Array("Supersecret".utf8)) }
        #expect(error?.message == "the password is another than that of the key")
    }

    @Test func `opens what it encrypted, of every length`() throws {
        for count in [0, 32, 33, 138, 1000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let key = try EncryptedKey(bytes, password: [])
            #expect(try EncryptedKey(parsing: key.bytes).opened(password: []) == bytes)
        }
        #expect(try EncryptedKey([1], password: []).bytes != EncryptedKey([1], password: []).bytes)
    }

    @Test(arguments: [
        ("", #"the encrypted key is no JSON"#),
        ("{}", "the encrypted key is made another way, expected `scrypt`, got `nothing`"),
        (
            vectors[0].replacing("nacl/secretbox", with: "aes-gcm"),
            "the encrypted key is made another way, expected `nacl/secretbox`, got `aes-gcm`"
        ),
        (
            vectors[0].replacing("32768", with: "1073741824"),
            "scrypt has other costs, expected `N` 32768, 65536 or 131072, `r` 8 and `p` 1, got 1073741824, 8, 1"
        ),
        (
            vectors[0].replacing(#""nonce":""#, with: #""nonce":"AAAA"#),
            "`nonce` of the encrypted key has 27 bytes, expected 24"
        ),
        (
            vectors[0].replacing(#""salt":""#, with: #""salt":"!"#),
            "`salt` of the encrypted key is missing, expected a text in base64"
        ),
    ])
    func `refuses other files`(text: String, words: String) {
        let error = #expect(throws: SigningError.self) { try EncryptedKey(parsing: Array(text.utf8)) }
        #expect(error?.message == words)
    }
}

import ContentStore
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct DigestTests {
    /// Published vectors: NIST FIPS 180-4 examples, and the OCI image specification's empty descriptor.
    static let vectors: [(String, String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("{}", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
    ]

    @Test(arguments: vectors) func `agrees with published vectors`(text: String, hex: String) throws {
        let bytes = Array(text.utf8)
        #expect(Digest(of: bytes).hex == hex)
        #expect(Digest(of: bytes).description == "sha256:\(hex)")
        #expect(Digest(hex: hex) == Digest(of: bytes))
        #expect(try Digest(parsing: "sha256:\(hex)") == Digest(of: bytes))
    }

    @Test(arguments: [1, 7, 64, 1000]) func `pieces of any size give the digest of the whole`(size: Int) {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var running = RunningDigest()
        for start in stride(from: 0, to: bytes.count, by: size) {
            running.update(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(running.digest == Digest(of: bytes))
        #expect(running.byteCount == bytes.count)
    }

    @Test func `a file has the digest of its bytes`() throws {
        let folder = try TemporaryFolder()
        try #require(try? "abc".write(toFile: folder.file("abc"), atomically: false, encoding: .utf8))
        let (digest, byteCount) = try digestOfFile(folder.file("abc"))
        #expect(digest.hex == Self.vectors[1].1)
        #expect(byteCount == 3)
    }

    @Test(arguments: [
        "sha256:", "sha256:abc", "sha512:" + String(repeating: "0", count: 64),
        "sha256:" + String(repeating: "A", count: 64), String(repeating: "0", count: 64),
        "sha256:" + String(repeating: "é", count: 32),
    ])
    func `another form is refused with what was got`(text: String) {
        let error = #expect(throws: ContentStoreError.self) { try Digest(parsing: text) }
        #expect(
            error?.description
                == "digest has another form, expected `sha256:` and 64 lower-case hexadecimal digits, got `\(text)`"
        )
    }
}

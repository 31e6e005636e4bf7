import ServingTransport
import TestSupport
import Testing

@Suite struct SHA256Tests {
    /// *Source*: FIPS 180-4's examples, and the empty message.
    private static let examples = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(arguments: examples)
    func `the published examples`(message: String, digest: String) {
        #expect(hexadecimal(SHA256.digest(of: Array(message.utf8))) == digest)
    }

    @Test func `messages of every length round the blocks, beside sha256sum`() throws {
        let folder = try TemporaryFolder()
        let line = "for n in $(seq 50 130); do head -c $n /dev/zero | tr '\\0' 'a' | sha256sum; done"
        let lines = try runTool(line, folder: folder.path).output.split(separator: "\n").map { $0.prefix(64) }
        let digests = (50...130).map { hexadecimal(SHA256.digest(of: [UInt8](repeating: 0x61, count: $0))) }
        #expect(lines.map(String.init) == digests)
    }
}

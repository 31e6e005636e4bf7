import ServingTransport
import Testing

@Suite struct AccessKeysTests {
    private static let text = """
        # comment

        inference: first-key-of-inference
        inference, metadata:second-key-00000
        metadata: first-key-of-inference\r
        metrics: open
        admin: sha256:f075e5bd11cc15dddcbf1df6f3cc7924be4cec67817e365120259d87e8734770
        """

    private let keys: AccessKeys

    init() throws { keys = try AccessKeys(Self.text, path: "keys") }

    private static let calls: [(group: CallGroup, fields: [String], denial: AccessKeys.Denial?)] = [
        (.open, [], nil),
        (.open, ["Bearer nothing"], nil),
        (.metrics, [], nil),
        (.inference, [], .noKey),
        (.inference, ["Bearer first-key-of-inference"], nil),
        (.inference, ["bearer second-key-00000"], nil),
        (.metadata, ["Bearer first-key-of-inference"], nil),
        (.metadata, ["Bearer second-key-00000"], nil),
        (.admin, ["Bearer second-key-00000"], .otherGroup(.admin)),
        (.inference, ["Bearer key"], .unknownKey),
        (.inference, ["Bearer first-key-of-inferencE"], .unknownKey),
        (.inference, ["Bearer first-key-of-inference0"], .unknownKey),
        (.inference, ["Bearer "], .unknownKey),
        (.inference, ["Bearer"], .unknownKey),
        (.inference, ["first-key-of-inference"], .unknownKey),
        (.inference, ["Basic first-key-of-inference"], .unknownKey),
        (.inference, ["Bearer " + String(repeating: "a", count: 5000)], .unknownKey),
        (.inference, ["Bearer first-key-of-inference", "Bearer first-key-of-inference"], .severalKeys),
        (.admin, ["Bearer sha256:f075e5bd11cc15dddcbf1df6f3cc7924be4cec67817e365120259d87e8734770"], .unknownKey),
        (.admin, ["Bearer key-of-admins-16"], nil),
    ]

    @Test(arguments: calls)
    func `a key opens its groups`(group: CallGroup, fields: [String], denial: AccessKeys.Denial?) {
        #expect(keys.denial(of: group, fields) == denial)
    }

    private static let wrong: [(text: String, error: String)] = [
        ("", "`keys`: the file holds no key, expected lines such as `inference: KEY`"),
        ("# a\nmetrics: open\n", "`keys`: the file holds no key, expected lines such as `inference: KEY`"),
        ("\ninference", "`keys`:2:1: the line has no colon, expected `GROUP: KEY`"),
        (
            "infer: 0123456789abcdef",
            "`keys`:1:1: the group `infer` is unknown, expected one of `inference`, `metadata`, `admin`, `metrics`"
        ),
        (
            "open: 0123456789abcdef",
            "`keys`:1:1: the group `open` is unknown, expected one of `inference`, `metadata`, `admin`, `metrics`"
        ),
        ("inference: short", "`keys`:1:1: the key has 5 characters, expected 16 to 512"),
        ("inference:", "`keys`:1:1: the key has 0 characters, expected 16 to 512"),
        (
            "inference: 0123456789 abcdef",
            "`keys`:1:1: the key has other characters than letters, digits and `-._~+/=`"
        ),
        (
            "inference: sha256:12",
            "`keys`:1:1: the hash has another form, expected `sha256:` and 64 hexadecimal digits"
        ),
    ]

    @Test(arguments: wrong)
    func `a file that is wrong is refused at its line, without its keys`(text: String, error: String) {
        #expect {
            try AccessKeys(text, path: "keys")
        } throws: {
            "\($0)" == error
        }
    }

    @Test func `a hash in the file is that of SHA-256`() throws {
        // As sha256sum of coreutils has it, in two blocks.
        let key = "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc"
        let keys = try AccessKeys(
            "admin: sha256:07827a89742ce3609069032d064596c9d544a45950c543a2d1bda500a9c174f5",
            path: "keys"
        )
        #expect(keys.denial(of: .admin, ["Bearer \(key)"]) == nil)
        #expect(keys.denial(of: .metrics, []) == .noKey)
    }
}

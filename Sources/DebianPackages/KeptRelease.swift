import ContentStore
import Files

/// A release file as it was fetched and accepted last, for resolutions that fetch nothing.
struct KeptRelease {
    /// The most bytes of a release file.
    static let byteLimit = 16 << 20

    /// The file with its signature, which is verified again each time.
    let text: [UInt8]
    /// Seconds since 1970.
    let fetchedAt: Int

    init(text: [UInt8], fetchedAt: Int) {
        self.text = text
        self.fetchedAt = fetchedAt
    }

    /// What is kept of an address; `nil` when nothing is.
    init?(of address: String, in store: ContentStore) {
        let words = store.record(Self.key(address)).map { String(decoding: $0, as: UTF8.self).split(separator: " ") }
        guard let words, words.count == 2, let digest = Digest(hex: words[0]), let fetchedAt = Int(words[1]),
            let text = try? store.read(digest, limit: Self.byteLimit)
        else { return nil }
        self.init(text: text, fetchedAt: fetchedAt)
    }

    /// Keeps the file of an address in the place of an earlier one.
    ///
    /// *Throws*: what writing throws.
    func save(of address: String, in store: ContentStore) throws {
        let digest = try store.add(text)
        try store.setRecord(Self.key(address), Array("\(digest.hex) \(fetchedAt)".utf8))
    }

    /// How old the file is in words: `3 days`.
    func age(at now: Int) -> String {
        let seconds = max(0, now.subtractingReportingOverflow(fetchedAt).partialValue)
        let units = [("day", 86_400), ("hour", 3_600), ("minute", 60)]
        let (name, length) = units.first { seconds >= $0.1 } ?? ("second", 1)
        let count = seconds / length
        return "\(count) \(name)\(count == 1 ? "" : "s")"
    }

    private static func key(_ address: String) -> Digest { Digest(of: Array("release file \(address)".utf8)) }
}

import ContentStore

/// A wheel that an index or a folder offers.
struct IndexFile: Sendable, Hashable {
    enum Location: Sendable, Hashable {
        case web(ServerAddress)
        case local(path: String)
    }

    let name: WheelFileName
    let location: Location
    /// The digest; `nil` when the page gives none, and for local files, whose bytes are there.
    let digest: Digest?
    let byteCount: Int?
    let requiresPython: VersionSpecifiers
    let isYanked: Bool
    /// The digest of the `METADATA` that stands beside the file.
    let metadataDigest: Digest?

    /// Whether what arrives can be held against something.
    var isVerifiable: Bool {
        if case .local = location { return true }
        return digest != nil
    }
}

/// What one place offers of a project.
struct ProjectFiles: Sendable {
    var wheels: [IndexFile] = []
    /// How many files are no wheels: sources, and forms of former times.
    var otherCount = 0
}

import Archives
package import ContentStore
import Diagnostics
package import Downloads
import Glibc

/// The archives of Debian packages that this machine knows: what is in them, and the packages themselves.
///
/// For example:
///
///     let archives = DebianArchives(sources: readAptSources(), downloader: downloader)
///     let index = try archives.index(suites: ["bookworm"], architecture: "arm64") { words in … }
///     for package in try index.resolve(["python3"]).packages {
///         let path = try archives.fetch(package)
///     }
package struct DebianArchives: Sendable {
    /// What is accepted of a release file.
    package struct Policy: Sendable, Hashable {
        /// Whether a signature that nobody verified will do.
        package var allowsUnsigned: Bool
        /// Seconds since 1970 that `Valid-Until` is held against; `nil` when old release files will do.
        package var now: Int?

        /// Signed and up to date, unless told otherwise.
        package init(allowsUnsigned: Bool = false, now: Int? = time(nil)) {
            self.allowsUnsigned = allowsUnsigned
            self.now = now
        }
    }

    private let sources: [AptSource]
    let downloader: Downloader
    let policy: Policy

    /// The archives behind some sources.
    ///
    /// *Parameter* sources: those of the machine's apt, or mirrors.
    package init(sources: [AptSource], downloader: Downloader, policy: Policy = Policy()) {
        self.sources = sources
        self.downloader = downloader
        self.policy = policy
    }

    /// The packages of some suites.
    ///
    /// *Parameter* architecture: in Debian's words, `amd64` or `arm64`.
    /// *Parameter* warn: takes what a person should know.
    /// *Throws*: `sources` when no source has one of the suites, `signature`, `expired`, `index`, and the errors of
    /// downloads; `offline` among them when the cache has no list of a suite.
    package func index(
        suites: [String],
        components: [String] = ["main"],
        architecture: String,
        warn: (String) -> Void
    ) throws -> PackageIndex {
        var tables: [PackageTable] = []
        var seen: Set<Digest> = []
        for suite in suites {
            var isFound = false
            for source in sources where source.suites.contains(suite) {
                guard let release = try release(source, suite, warn) else { continue }
                for component in components where source.components.contains(component) {
                    let name = "\(component)/binary-\(architecture)/Packages"
                    let listing = [".xz", ".gz"].lazy.compactMap { release.listing(name + $0) }.first
                    guard let listing else { continue }
                    isFound = true
                    // Several mirrors of one archive have the same list.
                    guard seen.insert(listing.digest).inserted else { continue }
                    let base = "\(source.address)/dists/\(suite)"
                    let text = try text(listing, base, byteCount: release.listing(name)?.byteCount)
                    tables.append(try PackageTable(text, archive: release.archive, suite: suite))
                }
            }
            guard isFound else { throw missing(suite, architecture) }
        }
        return PackageIndex(architecture: architecture, tables: tables)
    }

    /// A suite that is left out takes its updates with it, and nothing in the image says so.
    private func missing(_ suite: String, _ architecture: String) -> any Error {
        guard !downloader.isOffline else {
            return DownloadError(
                .offline,
                at: .item("suite", suite),
                "its list of packages for \(architecture) is not in the cache `\(downloader.store.root)`, "
                    + "and nothing is fetched offline",
                hint: "fetch it once without --offline"
            )
        }
        return DebianPackagesError(
            .sources,
            at: .item("suite", suite),
            "no source has the suite for \(architecture), expected it at one of the machine's apt or of --mirror",
            hint: "name a mirror that has it with --mirror <address of a Debian archive>, or take it out of `suites`"
        )
    }

    /// The text of a list, fetched by its digest.
    private func text(_ listing: ReleaseFile.Listing, _ base: String, byteCount: Int?) throws -> [UInt8] {
        let address = "\(base)/\(listing.name)"
        let folder = address.lastIndex(of: "/").map { String(address[..<$0]) } ?? address
        let path = try downloader.fetch(
            listing.digest,
            byteCount: listing.byteCount,
            from: ["\(folder)/by-hash/SHA256/\(listing.digest.hex)", address]
        )
        var text: [UInt8] = []
        text.reserveCapacity(min(byteCount ?? 0, PackageTable.byteLimit))
        try decompressFile(path) { bytes in
            guard text.count + bytes.count <= PackageTable.byteLimit else {
                throw DebianPackagesError(
                    .index,
                    at: .file(address),
                    "the list of packages is too large, expected at most \(PackageTable.byteLimit) bytes"
                )
            }
            text.append(contentsOf: bytes)
        }
        return text
    }

    /// The path of a package's file, from the cache or from the first source that has it.
    ///
    /// *Throws*: `sources` when there is none, `unavailable` when none holds the version any more, and the errors of
    /// downloads.
    package func fetch(_ package: ResolvedPackage) throws -> String {
        try fetch(
            name: package.name,
            version: package.version,
            suite: package.suite,
            path: package.path,
            digest: package.digest,
            byteCount: package.byteCount
        )
    }

    /// The path of a package's file, from the cache or from the first source that has it.
    ///
    /// *Parameter* suite: sources that have it are asked before the others.
    /// *Throws*: `sources` when there is none, `unavailable` when none holds the version any more, and the errors of
    /// downloads.
    package func fetch(
        name: String,
        version: String,
        suite: String,
        path: String,
        digest: Digest,
        byteCount: Int
    ) throws -> String {
        var seen: Set<String> = []
        let bases = sources.filter { $0.suites.contains(suite) } + sources
        let addresses = bases.map(\.address).filter { seen.insert($0).inserted }.map { "\($0)/\(path)" }
        do {
            return try downloader.fetch(digest, byteCount: byteCount, from: addresses)
        } catch let error as DownloadError where error.code == .notFound {
            let place = Place.item("package", name, version)
            guard !addresses.isEmpty else {
                throw DebianPackagesError(
                    .sources,
                    at: place,
                    "this machine's apt has no source to fetch it from, expected one of Debian",
                    hint: "name one with --mirror <address of a Debian archive>"
                )
            }
            throw DebianPackagesError(
                .unavailable,
                at: place,
                "the locked version is at no source of this machine's apt",
                cause: error,
                hint: "take the current version with `mlpack environment lock`, "
                    + "or keep the locked one with --mirror <address of an archive that has it>"
            )
        }
    }
}

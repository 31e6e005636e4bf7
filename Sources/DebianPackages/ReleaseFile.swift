import ContentStore
import Diagnostics
import Downloads
import TextFormats

/// What the release file of a suite says of itself, and of the lists of packages that belong to it.
///
/// *Source*: Debian's repository format, wiki.debian.org/DebianRepository/Format.
struct ReleaseFile {
    /// A file that the release file names.
    struct Listing: Hashable {
        let name: String
        let digest: Digest
        let byteCount: Int
    }

    private let stanza: FieldParagraph
    private let listings: [String: Listing]

    /// Reads the text whose signature was verified.
    ///
    /// *Throws*: `index` when it names no file by its sha256.
    init(_ text: [UInt8]) throws(DebianPackagesError) {
        let stanza = FieldParagraph.paragraphs(text).first { $0["sha256"] != nil }
        guard let stanza, let sums = stanza["sha256"] else {
            throw DebianPackagesError(.index, "the release file has no sums, expected a field `SHA256`")
        }
        self.stanza = stanza
        var listings: [String: Listing] = [:]
        for line in sums.utf8.split(separator: 0x0A) {
            let words = line.split(separator: 0x20)
            guard words.count == 3, let digest = Digest(hex: String(Substring(words[0]))),
                let byteCount = Int(String(Substring(words[1]))), (0...Downloader.byteLimit).contains(byteCount)
            else { continue }
            let name = String(Substring(words[2]))
            listings[name] = Listing(name: name, digest: digest, byteCount: byteCount)
        }
        self.listings = listings
    }

    /// The name of the archive, whatever host it comes from: `Debian`, `Debian-Security`.
    var archive: String { stanza["label"] ?? stanza["origin"] ?? stanza["codename"] ?? stanza["suite"] ?? "" }

    /// The names that the suite goes by: `bookworm`, `stable`.
    var suites: [String] { [stanza["codename"], stanza["suite"]].compactMap { $0 } }

    /// The file under a name.
    func listing(_ name: String) -> Listing? { listings[name] }

    /// Holds the file against the suite that was asked for, and against the time.
    ///
    /// *Parameter* now: seconds since 1970; `nil` when an old file will do.
    /// *Throws*: `index` for the file of another suite, `expired`, `malformed` for a date that is none.
    func check(suite: String, now: Int?) throws(DebianPackagesError) {
        // A suite such as `bookworm-security` had the name `bookworm/updates` once.
        guard suites.isEmpty || suites.contains(suite) || suites.contains(where: { suite.hasPrefix($0 + "/") }) else {
            throw DebianPackagesError(
                .index,
                "the release file is another suite's, expected `\(suite)`, got "
                    + suites.map { "`\($0)`" }.joined(separator: " and ")
            )
        }
        guard let now, let words = stanza["valid-until"] else { return }
        let end = try releaseDate(words)
        guard now <= end else {
            throw DebianPackagesError(
                .expired,
                "the release file is too old, expected it before `\(words)`",
                hint: "the mirror is behind, or somebody holds updates back; ask another one with --mirror"
            )
        }
    }
}

/// Seconds since 1970 of a date such as `Sat, 05 Dec 2026 02:53:00 UTC`.
///
/// *Throws*: `malformed`.
func releaseDate(_ text: String) throws(DebianPackagesError) -> Int {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.utf8.split(separator: 0x20).map { String(Substring($0)) }
    let time = words.count == 6 ? words[4].utf8.split(separator: 0x3A).compactMap { Int(String(Substring($0))) } : []
    guard words.count == 6, ["UTC", "GMT", "+0000", "Z"].contains(words[5]), time.count == 3,
        let day = Int(words[1]), (1...31).contains(day), let month = months.firstIndex(of: words[2]),
        let year = Int(words[3]), (1970...9999).contains(year),
        (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
    else {
        throw DebianPackagesError(
            .malformed,
            "the date has another form, expected one like `Sat, 05 Dec 2026 02:53:00 UTC`, got `\(text)`"
        )
    }
    // Years that start in March put the leap day at their end.
    let shifted = month < 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    return ((days * 24 + time[0]) * 60 + time[1]) * 60 + time[2]
}

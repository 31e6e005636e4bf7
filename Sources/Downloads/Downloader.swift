package import ContentStore
import Diagnostics
import Files
import Glibc

/// Fetches blobs whose digest is known into a content store: checked, bounded, and taken up again where they broke off.
package struct Downloader: Sendable {
    /// Where blobs end up, and where they are looked for first.
    package let store: ContentStore
    /// Whether nothing may be fetched that is not in the store.
    package let isOffline: Bool
    /// The most bytes that a file has, whatever a server says: the sizes of many can be added up.
    package static let byteLimit = 1 << 40
    private let retries: RetryPolicy

    /// A downloader into `store`.
    package init(
        store: ContentStore,
        isOffline: Bool = false,
        retries: RetryPolicy = RetryPolicy(attemptCount: 4)
    ) {
        self.store = store
        self.isOffline = isOffline
        self.retries = retries
    }

    /// The path of a blob, fetched from the first address that has it.
    ///
    /// *Parameter* credentials: `user:password` for the servers of the addresses; they go nowhere else.
    /// *Throws*: `offline`, `notFound` when no address has it, `digestMismatch` and `tooLarge` when an address gives
    /// something else, `refused` when none can be reached.
    package func fetch(
        _ digest: Digest,
        byteCount: Int,
        from addresses: [String],
        credentials: String? = nil
    ) throws -> String {
        if store.byteCount(of: digest) == byteCount { return store.path(of: digest) }
        guard !isOffline else {
            throw DownloadError(
                .offline,
                at: .item("blob", digest.description),
                "the blob is not in the cache `\(store.root)`, and nothing is fetched offline"
            )
        }
        var last = DownloadError(
            .notFound,
            at: .item("blob", digest.description),
            "there is no address to fetch it from"
        )
        for address in addresses {
            do {
                try fetch(digest, byteCount: byteCount, from: address, credentials)
                return store.path(of: digest)
            } catch let error as DownloadError {
                // What a reachable server says weighs more than that another does not have the file.
                if last.code == .notFound || error.code != .notFound { last = error }
            }
        }
        throw last
    }

    private func fetch(_ digest: Digest, byteCount: Int, from address: String, _ credentials: String?) throws {
        let partial = try PartialFile(path: store.partialPath(of: digest))
        // Another process may have finished it while this one waited for the file.
        if store.byteCount(of: digest) == byteCount { return }
        let place = Place.file(address)
        let progress = Progress(name: address.split(separator: "/").last.map(String.init) ?? address)
        defer { progress.finish() }
        if partial.byteCount > byteCount { try partial.clear() }
        for attempt in 1...retries.attemptCount {
            guard partial.byteCount < byteCount else { break }
            let start = partial.byteCount
            let outcome = try Transfer().run(
                url: address,
                from: start,
                credentials: credentials,
                progress: { now, _ in progress.show(start + now, of: byteCount) },
                { bytes in
                    guard bytes.count <= byteCount - partial.byteCount else {
                        try partial.clear()
                        throw DownloadError(
                            .tooLarge,
                            at: place,
                            "the file is larger than expected, expected \(byteCount) bytes"
                        )
                    }
                    try partial.append(bytes)
                }
            )
            switch outcome {
            case .done: return try keep(partial, as: digest, byteCount: byteCount, place)
            case .notFound: throw DownloadError(.notFound, at: place, "the server has no such file")
            case .rangeRefused:
                try partial.clear()
                guard attempt < retries.attemptCount else {
                    throw DownloadError(.refused, at: place, "the server refuses the rest of the file each time")
                }
            case .broken(let words):
                if attempt == retries.attemptCount { throw DownloadError(.refused, at: place, words) }
                if partial.byteCount == start { retries.wait(afterAttempt: attempt) }
            case .refused(let words): throw DownloadError(.refused, at: place, words)
            }
        }
        try keep(partial, as: digest, byteCount: byteCount, place)
    }

    private func keep(_ partial: PartialFile, as digest: Digest, byteCount: Int, _ place: Place) throws {
        let got = try partial.digest()
        guard got.digest == digest else {
            try partial.clear()
            throw DownloadError(
                .digestMismatch,
                at: place,
                "the file has another digest, expected \(byteCount) bytes with `\(digest)`, "
                    + "got \(got.byteCount) bytes with `\(got.digest)`"
            )
        }
        try partial.finish()
        try store.adopt(partial.path, as: digest)
    }

    /// The bytes at an address whose digest nobody knows beforehand; they are to be verified by whoever asked.
    ///
    /// *Throws*: `offline`, `notFound`, `refused`, `tooLarge`.
    package func bytes(at address: String, limit: Int) throws -> [UInt8] {
        let place = Place.file(address)
        guard !isOffline else { throw DownloadError(.offline, at: place, "nothing is fetched offline") }
        var attempt = 1
        while true {
            var bytes: [UInt8] = []
            let outcome = try Transfer().run(url: address, from: 0, progress: { _, _ in }) { piece in
                guard piece.count <= limit - bytes.count else {
                    throw DownloadError(.tooLarge, at: place, "the file is too large, expected at most \(limit) bytes")
                }
                bytes.append(contentsOf: piece)
            }
            switch outcome {
            case .done: return bytes
            case .notFound, .rangeRefused: throw DownloadError(.notFound, at: place, "the server has no such file")
            case .broken where attempt < retries.attemptCount: retries.wait(afterAttempt: attempt)
            case .broken(let words), .refused(let words): throw DownloadError(.refused, at: place, words)
            }
            attempt += 1
        }
    }
}

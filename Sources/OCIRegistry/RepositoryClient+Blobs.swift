package import ContentStore
import Diagnostics
import Downloads

extension RepositoryClient {
    /// Whether the repository has a blob.
    ///
    /// *Source*: OCI distribution specification 1.1, end-2.
    package func hasBlob(_ digest: Digest) throws -> Bool {
        let answer = try send(HTTPRequest(.head, address("blobs/\(digest)")))
        guard answer.response.status != 404 else { return false }
        guard answer.response.status == 200 else { throw failure(answer) }
        return true
    }

    /// Fetches a blob into a store, held against its digest and its size; a fetch that broke goes on where it did.
    ///
    /// *Parameter* isAnew: whether all of it comes from the registry, also when the store has it.
    /// *Parameter* progress: gets the number of bytes that are there so far.
    /// *Returns*: how many bytes came from the registry; `nil` when the store had the blob.
    /// *Throws*: `notFound`, `digestMismatch`, `tooLarge` when more bytes come than announced, `refused`.
    package func fetch(
        _ digest: Digest,
        byteCount: Int,
        into store: ContentStore,
        isAnew: Bool = false,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws -> Int? {
        if !isAnew, store.byteCount(of: digest) == byteCount { return nil }
        let partial = try PartialFile(path: store.partialPath(of: digest))
        // Another process may have finished it while this one waited for the file.
        if !isAnew, store.byteCount(of: digest) == byteCount { return nil }
        if isAnew || partial.byteCount > byteCount { try partial.clear() }
        let retries = registry.options.retries
        var fetched = 0
        var attempt = 1
        while partial.byteCount < byteCount {
            let start = partial.byteCount
            let result = try fetchOnce(digest, byteCount, into: partial, progress)
            fetched += max(0, partial.byteCount - start)
            if partial.byteCount > start { attempt = 1 }
            guard partial.byteCount < byteCount else { break }
            guard attempt < retries.attemptCount,
                result.isWorthRepeating(retries) || result.answer?.response.status == 416,
                let delay = retries.delay(afterAttempt: attempt, result.answer?.response)
            else {
                let answer = try result.get()
                guard answer.response.isSuccess else { throw failure(answer) }
                throw RegistryError(
                    .digestMismatch,
                    at: .file(address("blobs/\(digest)").description),
                    "the blob is shorter than expected, expected \(byteCount) bytes, got \(partial.byteCount)"
                )
            }
            sleepSeconds(delay)
            attempt += 1
        }
        try keep(partial, as: digest, byteCount, in: store)
        return fetched
    }

    private func fetchOnce(
        _ digest: Digest,
        _ byteCount: Int,
        into partial: PartialFile,
        _ progress: @escaping (Int) -> Void
    ) throws -> Attempt {
        let address = address("blobs/\(digest)")
        var request = HTTPRequest(.get, address)
        let start = partial.byteCount
        if start > 0 { request.headers = [("Range", "bytes=\(start)-\(byteCount - 1)")] }
        var isFirst = true
        let result = try attemptOnce(request, progress: { _ in }) { response, bytes in
            if isFirst, start > 0, !Self.starts(response, at: start) { try partial.clear() }
            isFirst = false
            guard bytes.count <= byteCount - partial.byteCount else {
                try partial.clear()
                throw RegistryError(
                    .tooLarge,
                    at: .file(address.description),
                    "the blob is larger than expected, expected \(byteCount) bytes"
                )
            }
            try partial.append(bytes)
            progress(partial.byteCount)
        }
        if result.answer?.response.status == 416 { try partial.clear() }
        return result
    }

    /// Whether an answer holds the rest that was asked for, and not the whole.
    private static func starts(_ response: HTTPResponse, at start: Int) -> Bool {
        response.status == 206 && response["content-range"]?.hasPrefix("bytes \(start)-") ?? false
    }

    private func keep(_ partial: PartialFile, as digest: Digest, _ byteCount: Int, in store: ContentStore) throws {
        let got = try partial.digest()
        guard got.digest == digest else {
            try partial.clear()
            throw RegistryError(
                .digestMismatch,
                at: .file(address("blobs/\(digest)").description),
                "the blob has another digest, expected \(byteCount) bytes with `\(digest)`, "
                    + "got \(got.byteCount) bytes with `\(got.digest)`"
            )
        }
        try partial.finish()
        try store.adopt(partial.path, as: digest)
    }
}

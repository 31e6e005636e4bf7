import ContentStore
import Diagnostics
import Downloads
import Files
import OCIImage

/// One blob on its way into a repository: in one piece, or in chunks that go on where they broke off.
///
/// *Source*: OCI distribution specification 1.1, Pushing blobs (end-4a, 5, 6 and 13).
struct BlobUpload {
    let client: RepositoryClient
    let digest: Digest
    let content: UploadContent
    /// Gets the number of bytes that the registry has.
    let progress: (Int) -> Void
    private var failureCount = 0

    init(_ client: RepositoryClient, _ digest: Digest, _ content: UploadContent, progress: @escaping (Int) -> Void) {
        self.client = client
        self.digest = digest
        self.content = content
        self.progress = progress
    }

    /// A session of the registry that takes the bytes of one blob.
    private struct Session {
        var location: WebAddress
        /// What the registry wants a chunk to have at least.
        var chunkMinimum: Int
    }

    private var place: Place { .item("blob", digest.description) }

    /// Sends the blob.
    ///
    /// *Parameter* opened: the answer to a request for a mount that opened a session instead.
    mutating func run(opened: RepositoryClient.Answer? = nil) throws {
        var session = try opened.map { try self.session($0) } ?? open()
        let limit = max(client.registry.options.chunkByteCount, session.chunkMinimum)
        guard content.byteCount > limit else { return try sendWhole(&session) }
        do {
            try sendChunks(&session, chunkByteCount: limit)
        } catch let error as RegistryError where error.code == .unsupported {
            session = try open()
            try sendWhole(&session)
        }
    }

    private func open() throws -> Session {
        let answer = try client.send(HTTPRequest(.post, client.address("blobs/uploads/")))
        guard answer.response.status == 202 else { throw client.failure(answer) }
        return try session(answer)
    }

    private func session(_ answer: RepositoryClient.Answer) throws -> Session {
        Session(
            location: try location(answer),
            chunkMinimum: answer.response["oci-chunk-min-length"].flatMap { Int($0) } ?? 0
        )
    }

    private func location(_ answer: RepositoryClient.Answer) throws -> WebAddress {
        guard let location = answer.response["location"] else {
            throw RegistryError(.malformed, at: place, "the registry opened an upload without a `Location`")
        }
        return try client.resolve(location, from: answer)
    }

    private mutating func sendWhole(_ session: inout Session) throws {
        while true {
            let result = try client.attemptOnce(put(session.location, content.body), progress: progress)
            if result.answer?.response.isSuccess == true { return progress(content.byteCount) }
            try wait(after: result)
            // What came may have been enough, with only the answer lost.
            if try client.hasBlob(digest) { return progress(content.byteCount) }
            session = try open()
        }
    }

    private func put(_ location: WebAddress, _ body: HTTPRequest.Body) -> HTTPRequest {
        HTTPRequest(
            .put,
            location.adding([("digest", digest.description)]),
            headers: [("Content-Type", "application/octet-stream")],
            body: body
        )
    }

    private mutating func sendChunks(_ session: inout Session, chunkByteCount: Int) throws {
        var offset = 0
        while offset < content.byteCount {
            let count = min(chunkByteCount, content.byteCount - offset)
            let start = offset
            let progress = progress
            let request = HTTPRequest(
                .patch,
                session.location,
                headers: [
                    ("Content-Type", "application/octet-stream"), ("Content-Range", "\(start)-\(start + count - 1)"),
                ],
                body: content.part(start, count)
            )
            let result = try client.attemptOnce(request, progress: { progress(start + $0) })
            if let answer = result.answer, answer.response.isSuccess {
                session.location = try location(answer)
                offset = try taken(answer, sent: start + count) ?? start + count
                guard offset > start else {
                    throw RegistryError(.malformed, at: place, "the registry took nothing of a chunk")
                }
                failureCount = 0
            } else {
                offset = try resume(&session, after: result)
            }
        }
        try finish(&session)
    }

    /// How much the registry has after an answer with a `Range`; `nil` without one.
    private func taken(_ answer: RepositoryClient.Answer, sent: Int) throws -> Int? {
        guard let text = answer.response["range"] else { return nil }
        let range = text.hasPrefix("bytes=") ? String(text.dropFirst(6)) : text
        let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, ends[0] == 0, let end = ends[1], end >= 0, end < max(sent, 1) else {
            throw RegistryError(
                .malformed,
                at: place,
                "the `Range` of an upload has another form, expected `0-` and a number below \(sent), got `\(text)`"
            )
        }
        // SPEC: a registry that has nothing yet answers `0-0` too; sending one byte again does no harm.
        return end == 0 ? 0 : end + 1
    }

    /// Where to go on after a chunk that broke.
    private mutating func resume(_ session: inout Session, after result: RepositoryClient.Attempt) throws -> Int {
        let status = result.answer?.response.status
        if status == 416 || status == 404 {
            try countFailure(result)
        } else if let status, [400, 405, 411, 413, 415, 501].contains(status) {
            throw RegistryError(.unsupported, at: place, "the registry takes no chunks, it answered \(status)")
        } else {
            try wait(after: result)
        }
        let answer = try client.send(HTTPRequest(.get, session.location))
        switch answer.response.status {
        case 200...299:
            if answer.response["location"] != nil { session.location = try location(answer) }
            let offset = try taken(answer, sent: content.byteCount) ?? 0
            progress(offset)
            return offset
        case 404:
            session = try open()
            progress(0)
            return 0
        default: throw client.failure(answer)
        }
    }

    private mutating func finish(_ session: inout Session) throws {
        while true {
            let result = try client.attemptOnce(put(session.location, .none))
            if result.answer?.response.isSuccess == true { return progress(content.byteCount) }
            try wait(after: result)
            if try client.hasBlob(digest) { return progress(content.byteCount) }
        }
    }

    /// Waits before another attempt.
    ///
    /// *Throws*: what the answer says, when there shall be none.
    private mutating func wait(after result: RepositoryClient.Attempt) throws {
        try countFailure(result)
        let retries = client.registry.options.retries
        guard result.isWorthRepeating(retries),
            let delay = retries.delay(afterAttempt: failureCount, result.answer?.response)
        else { throw try failure(result) }
        sleepSeconds(delay)
    }

    private mutating func countFailure(_ result: RepositoryClient.Attempt) throws {
        failureCount += 1
        guard failureCount < client.registry.options.retries.attemptCount else { throw try failure(result) }
    }

    private func failure(_ result: RepositoryClient.Attempt) throws -> RegistryError {
        client.failure(try result.get()).within(place)
    }
}

/// The bytes of a blob that is sent, of which any part can be sent again.
enum UploadContent: Sendable {
    case bytes([UInt8])
    case file(FileRange)

    var byteCount: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(let range): range.byteCount
        }
    }

    var body: HTTPRequest.Body { part(0, byteCount) }

    func part(_ offset: Int, _ count: Int) -> HTTPRequest.Body {
        switch self {
        case .bytes(let bytes): .bytes(Array(bytes[offset..<offset + count]))
        case .file(let range): .file(path: range.path, offset: range.offset + offset, byteCount: count)
        }
    }
}

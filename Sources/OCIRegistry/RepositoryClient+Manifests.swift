package import ContentStore
import Diagnostics
import Downloads
import JSON
package import OCIImage

/// A manifest or an index as a registry gave it, held against its digest.
package struct StoredManifest: Sendable {
    package let bytes: [UInt8]
    package let mediaType: MediaType
    package var digest: Digest { Digest(of: bytes) }
    /// The manifest as an index refers to it.
    package var descriptor: Descriptor { Descriptor(mediaType: mediaType, digest: digest, byteCount: bytes.count) }

    /// A manifest of its bytes.
    package init(bytes: [UInt8], mediaType: MediaType) {
        self.bytes = bytes
        self.mediaType = mediaType
    }
}

extension RepositoryClient {
    private static let accepted: [(name: String, value: String)] = [
        MediaType.imageManifest, .imageIndex, .dockerManifest, .dockerManifestList,
    ].map { ("Accept", $0.rawValue) }

    /// The manifest of a tag or a digest; what a digest names is taken from a store that has it.
    ///
    /// *Throws*: `notFound`, `digestMismatch` when the bytes are others, `tooLarge` above 4 MiB, `malformed`.
    /// *Source*: OCI distribution specification 1.1, end-3.
    package func manifest(_ reference: ManifestReference, in store: ContentStore?) throws -> StoredManifest {
        guard let store else { return try manifest(reference) }
        if case .digest(let digest) = reference, let bytes = try? store.read(digest, limit: manifestByteLimit) {
            return StoredManifest(bytes: bytes, mediaType: try mediaType(bytes, .item("blob", digest.description)))
        }
        let manifest = try manifest(reference)
        _ = try store.add(manifest.bytes)
        return manifest
    }

    /// The manifest of a tag or a digest, from the registry.
    ///
    /// *Throws*: `notFound`, `digestMismatch` when the bytes are others, `tooLarge` above 4 MiB, `malformed`.
    /// *Source*: OCI distribution specification 1.1, end-3.
    package func manifest(_ reference: ManifestReference) throws -> StoredManifest {
        let address = address("manifests/\(reference)")
        let answer = try send(HTTPRequest(.get, address, headers: Self.accepted), limit: manifestByteLimit)
        guard answer.response.status == 200 else { throw failure(answer) }
        let got = Digest(of: answer.body)
        let place = Place.file(address.description)
        var expected = try announcedDigest(answer)
        if case .digest(let digest) = reference { expected = digest }
        guard expected == nil || expected == got else {
            throw RegistryError(
                .digestMismatch,
                at: place,
                "the manifest has another digest, expected `\(expected?.description ?? "")`, got `\(got)`"
            )
        }
        return StoredManifest(bytes: answer.body, mediaType: try mediaType(answer.body, place))
    }

    /// Tells manifests and indexes by what they hold, since a server may say anything.
    private func mediaType(_ bytes: [UInt8], _ place: Place) throws -> MediaType {
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch { throw error.within(place) }
        switch (json["layers"] != nil || json["config"] != nil, json["manifests"] != nil) {
        case (true, true):
            throw RegistryError(.malformed, at: place, "it is a manifest and an index at once, expected one of them")
        case (_, true): return json["mediaType"]?.string.map(MediaType.init(rawValue:)) ?? .imageIndex
        case (_, false): return json["mediaType"]?.string.map(MediaType.init(rawValue:)) ?? .imageManifest
        }
    }

    private func announcedDigest(_ answer: Answer) throws -> Digest? {
        guard let text = answer.response["docker-content-digest"] else { return nil }
        do { return try Digest(parsing: text) } catch {
            throw RegistryError(.malformed, at: .file(answer.address.description), error.message)
        }
    }

    /// The digest that a registry has under a tag or a digest; `nil` when it has nothing there.
    ///
    /// *Throws*: `unauthorized`, `refused`.
    package func manifestDigest(_ reference: ManifestReference) throws -> Digest? {
        let answer = try send(HTTPRequest(.head, address("manifests/\(reference)"), headers: Self.accepted))
        guard answer.response.status != 404 else { return nil }
        guard answer.response.status == 200 else { throw failure(answer) }
        return try announcedDigest(answer) ?? manifest(reference).digest
    }

    /// What a push finds under a tag or a digest.
    enum Standing: Equatable {
        case digest(Digest)
        case nothing
        /// Nobody may look there: some registries say so of a repository that comes to be with the push.
        case unseen
    }

    /// What stands under a tag or a digest before a push.
    func standing(_ reference: ManifestReference) throws -> Standing {
        let answer = try send(HTTPRequest(.head, address("manifests/\(reference)"), headers: Self.accepted))
        switch answer.response.status {
        case 401, 403: return .unseen
        case 404: return .nothing
        case 200: return .digest(try announcedDigest(answer) ?? manifest(reference).digest)
        default: throw failure(answer)
        }
    }

    /// Puts a manifest under a tag or its digest.
    ///
    /// *Returns*: whether the registry keeps the list of referrers itself, when the manifest has a `subject`.
    /// *Throws*: `unauthorized`, `refused`, `digestMismatch` when the registry took it for another.
    /// *Source*: OCI distribution specification 1.1, end-7a.
    @discardableResult
    package func put(_ manifest: StoredManifest, as reference: ManifestReference) throws -> Bool {
        let request = HTTPRequest(
            .put,
            address("manifests/\(reference)"),
            headers: [("Content-Type", manifest.mediaType.rawValue)],
            body: .bytes(manifest.bytes)
        )
        let answer = try send(request)
        guard answer.response.isSuccess else { throw failure(answer) }
        if let got = try announcedDigest(answer), got != manifest.digest {
            throw RegistryError(
                .digestMismatch,
                at: .file(answer.address.description),
                "the registry took the manifest for another, expected `\(manifest.digest)`, got `\(got)`"
            )
        }
        return answer.response["oci-subject"] != nil
    }
}

/// What names a manifest of a repository.
package enum ManifestReference: Sendable, Hashable, CustomStringConvertible {
    case tag(String)
    case digest(Digest)

    /// What an image's name leads to: its digest, when it has one.
    package init(_ name: ImageReference) {
        self = name.digest.map { .digest($0) } ?? .tag(name.tag ?? "latest")
    }

    package var description: String {
        switch self {
        case .tag(let tag): tag
        case .digest(let digest): digest.description
        }
    }
}

package import ContentStore
import Diagnostics
import Downloads
import JSON
package import OCIImage

extension RepositoryClient {
    /// The referrers of a manifest, whole and held against their digests.
    ///
    /// *Parameter* isWanted: whether a blob of a type is to be fetched; a referrer with none of these is left out.
    /// *Throws*: `malformed` for a referrer of something else or of more than `Referrer.byteLimit` bytes, and what
    /// fetching throws.
    package func referrers(
        of subject: Digest,
        in store: ContentStore,
        where isWanted: (MediaType) -> Bool
    ) throws -> [Referrer] {
        let entries = try referrers(of: subject).filter { $0.descriptor.mediaType.isManifest }
        guard entries.count <= 1000 else {
            throw RegistryError(
                .tooLarge,
                at: .file(address("referrers/\(subject)").description),
                "there are too many referrers, expected at most 1000, got \(entries.count)"
            )
        }
        return try entries.compactMap { entry in
            let stored = try manifest(.digest(entry.descriptor.digest))
            guard let referrer = try referrer(stored, in: store, where: isWanted) else { return nil }
            guard referrer.subject?.digest == subject else {
                throw RegistryError(
                    .malformed,
                    at: .file(address("manifests/\(stored.digest)").description),
                    "the referrer is listed for another subject than its own, expected `\(subject)`, got "
                        + (referrer.subject.map { "`\($0.digest)`" } ?? "none")
                )
            }
            return referrer
        }
    }

    /// The referrer under a tag; `nil` when there is none, or none with blobs that are wanted.
    ///
    /// *Throws*: what fetching throws.
    package func referrer(
        tagged tag: String,
        in store: ContentStore,
        where isWanted: (MediaType) -> Bool
    ) throws -> Referrer? {
        let stored: StoredManifest
        do { stored = try manifest(.tag(tag)) } catch let error as RegistryError where error.code == .notFound {
            return nil
        }
        return try referrer(stored, in: store, where: isWanted)
    }

    private func referrer(
        _ stored: StoredManifest,
        in store: ContentStore,
        where isWanted: (MediaType) -> Bool
    ) throws -> Referrer? {
        let place = Place.file(address("manifests/\(stored.digest)").description)
        do {
            guard stored.mediaType.isManifest else { return nil }
            let manifest = try ImageManifest(JSONValue.parse(stored.bytes))
            guard !manifest.layers.isEmpty, manifest.layers.allSatisfy({ isWanted($0.mediaType) }) else { return nil }
            return try Referrer(manifestBytes: stored.bytes) { part in
                _ = try fetch(part.digest, byteCount: part.byteCount, into: store)
                return try store.read(part.digest, limit: part.byteCount)
            }
        } catch let error as OCIImageError {
            throw error.within(place)
        } catch let error as JSONError {
            throw error.within(place)
        }
    }

    /// Brings a referrer with a `subject` into the repository, and into the list of the subject's referrers.
    ///
    /// *Throws*: what the registry refuses.
    package func push(_ referrer: Referrer, store: ContentStore) throws {
        for blob in referrer.blobs { _ = try push(blob, store: store) }
        let stored = StoredManifest(bytes: referrer.manifestBytes, mediaType: .imageManifest)
        guard let subject = referrer.subject else { return _ = try put(stored, as: .digest(stored.digest)) }
        try putReferrer(stored, of: subject.digest, artifactType: referrer.artifactType)
    }

    /// Brings a referrer into the repository under a tag.
    ///
    /// *Throws*: what the registry refuses.
    package func push(_ referrer: Referrer, as tag: String, store: ContentStore) throws {
        for blob in referrer.blobs { _ = try push(blob, store: store) }
        try put(StoredManifest(bytes: referrer.manifestBytes, mediaType: .imageManifest), as: .tag(tag))
    }
}

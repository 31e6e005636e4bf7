package import ContentStore
import Diagnostics
import Downloads
import JSON
package import OCIImage

extension RepositoryClient {
    /// The artifacts that refer to a manifest with their `subject`, whole and held against their digests.
    ///
    /// *Parameter* isWanted: whether a blob of a type is to be fetched; an artifact with none of these is left out.
    /// *Throws*: `malformed` for an artifact of something else or of more than `Artifact.byteLimit` bytes, and what
    /// fetching throws.
    package func artifacts(
        of subject: Digest,
        in store: ContentStore,
        where isWanted: (MediaType) -> Bool
    ) throws -> [Artifact] {
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
            guard let artifact = try artifact(stored, in: store, where: isWanted) else { return nil }
            guard artifact.subject?.digest == subject else {
                throw RegistryError(
                    .malformed,
                    at: .file(address("manifests/\(stored.digest)").description),
                    "the artifact is listed for another subject than its own, expected `\(subject)`, got "
                        + (artifact.subject.map { "`\($0.digest)`" } ?? "none")
                )
            }
            return artifact
        }
    }

    /// The artifact under a tag; `nil` when there is none, or none with blobs that are wanted.
    ///
    /// *Throws*: what fetching throws.
    package func artifact(
        tagged tag: String,
        in store: ContentStore,
        where isWanted: (MediaType) -> Bool
    ) throws -> Artifact? {
        let stored: StoredManifest
        do { stored = try manifest(.tag(tag)) } catch let error as RegistryError where error.code == .notFound {
            return nil
        }
        return try artifact(stored, in: store, where: isWanted)
    }

    private func artifact(
        _ stored: StoredManifest,
        in store: ContentStore,
        where isWanted: (MediaType) -> Bool
    ) throws -> Artifact? {
        let place = Place.file(address("manifests/\(stored.digest)").description)
        do {
            guard stored.mediaType.isManifest else { return nil }
            let manifest = try ImageManifest(JSONValue.parse(stored.bytes))
            guard !manifest.layers.isEmpty, manifest.layers.allSatisfy({ isWanted($0.mediaType) }) else { return nil }
            return try Artifact(manifestBytes: stored.bytes) { part in
                _ = try fetch(part.digest, byteCount: part.byteCount, into: store)
                return try store.read(part.digest, limit: part.byteCount)
            }
        } catch let error as OCIImageError {
            throw error.within(place)
        } catch let error as JSONError {
            throw error.within(place)
        }
    }

    /// Brings an artifact with a `subject` into the repository, and into the list of the subject's referrers.
    ///
    /// *Throws*: what the registry refuses.
    package func push(_ artifact: Artifact, store: ContentStore) throws {
        for blob in artifact.blobs { _ = try push(blob, store: store) }
        let stored = StoredManifest(bytes: artifact.manifestBytes, mediaType: .imageManifest)
        guard let subject = artifact.subject else { return _ = try put(stored, as: .digest(stored.digest)) }
        try putReferrer(stored, of: subject.digest, artifactType: artifact.artifactType)
    }

    /// Brings an artifact into the repository under a tag.
    ///
    /// *Throws*: what the registry refuses.
    package func push(_ artifact: Artifact, as tag: String, store: ContentStore) throws {
        for blob in artifact.blobs { _ = try push(blob, store: store) }
        try put(StoredManifest(bytes: artifact.manifestBytes, mediaType: .imageManifest), as: .tag(tag))
    }
}

package import ContentStore
import Diagnostics
package import Downloads
import JSON
package import OCIImage
import Threads

/// Brings images and other artifacts into a repository: what is there already is not sent, what other repositories of the registry have is
/// mounted, blobs go in parallel, and a tag appears only when everything below it is there.
package struct ImagePush: Sendable {
    /// What became of a push.
    package struct Report: Sendable {
        /// What the tags now name.
        package var digest: Digest
        package var byteCounts: [BlobArrival: Int] = [:]
        package var counts: [BlobArrival: Int] = [:]
        /// The tags that had another digest, or none.
        package var changedTags: [String] = []
    }

    private let registry: Registry
    private let repository: String
    private let store: ContentStore
    /// A repository of the same registry that blobs may be mounted from, beside those that are remembered.
    private let mountSource: String?
    private let threadCount = 4

    /// A push into a repository.
    package init(_ registry: Registry, repository: String, store: ContentStore, mountSource: String? = nil) {
        self.registry = registry
        self.repository = repository
        self.store = store
        self.mountSource = mountSource
    }

    /// Pushes an image, or those of several platforms and the index over them.
    ///
    /// *Throws*: what the registry refuses, and what reading the blobs throws.
    package func run(
        _ images: PlatformImages,
        tags: [String],
        over connection: HTTPConnection? = nil
    ) throws -> Report {
        let index = images.index.map { StoredManifest(bytes: $0.bytes, mediaType: $0.mediaType) }
        return try run(images.images.map(\.artifact), index: index, tags: tags, over: connection)
    }

    /// Pushes an artifact, such as a model.
    ///
    /// *Throws*: as the other `run`.
    package func run(
        _ artifact: Artifact,
        tags: [String],
        over connection: HTTPConnection? = nil
    ) throws -> Report {
        try run([artifact], index: nil, tags: tags, over: connection)
    }

    private func run(
        _ artifacts: [Artifact],
        index: StoredManifest?,
        tags: [String],
        over connection: HTTPConnection?
    ) throws -> Report {
        guard let root = index ?? artifacts.first?.stored else {
            throw RegistryError(.unsupported, "there is nothing to push")
        }
        var report = Report(digest: root.digest)
        let memory = BlobOrigins(store, domain: registry.domain)
        let parts = distinctParts(artifacts)
        var sources: [Digest: String] = [:]
        for part in parts {
            sources[part.descriptor.digest] = memory.repository(of: part.descriptor.digest) ?? mountSource
        }
        let client = try RepositoryClient(
            registry,
            repository: repository,
            .push,
            sources: Set(sources.values),
            over: connection
        )
        var isSeen = true
        for tag in tags {
            let standing = try isSeen ? client.standing(.tag(tag)) : .unseen
            if standing == .unseen { isSeen = false }
            if standing != .digest(root.digest) { report.changedTags.append(tag) }
        }
        if !tags.isEmpty, report.changedTags.isEmpty { return report }
        if try !isSeen || client.standing(.digest(root.digest)) != .digest(root.digest) {
            var rest = parts[...]
            if !isSeen, let smallest = rest.popLast() {
                // Whether the push is allowed shows with the first upload: here, and not on all threads at once.
                let source = sources[smallest.descriptor.digest]
                let arrival = try client.push(smallest, asking: false, mountingFrom: source, store: store)
                report.counts[arrival] = 1
                report.byteCounts[arrival] = smallest.descriptor.byteCount
            }
            try pushBlobs(Array(rest), sources, &report)
            for artifact in artifacts { try client.put(artifact.stored, as: .digest(artifact.digest)) }
            if index != nil { try client.put(root, as: .digest(root.digest)) }
        }
        for tag in report.changedTags { try client.put(root, as: .tag(tag)) }
        for part in parts { memory.note(part.descriptor.digest, in: repository) }
        return report
    }

    private typealias Part = (descriptor: Descriptor, blob: any BlobSource)

    /// The configs and layers of all artifacts, each once, the largest first.
    private func distinctParts(_ artifacts: [Artifact]) -> [Part] {
        var seen = Set(artifacts.map(\.digest))
        return artifacts.flatMap(\.parts)
            .filter { seen.insert($0.descriptor.digest).inserted }
            .sorted { $0.descriptor.byteCount > $1.descriptor.byteCount }
    }

    private func pushBlobs(_ parts: [Part], _ sources: [Digest: String], _ report: inout Report) throws {
        let total = parts.map(\.descriptor.byteCount).saturatingSum
        let progress = TransferProgress("pushing", byteCount: total)
        defer { progress.finish() }
        let (registry, repository, store) = (registry, repository, store)
        let arrivals = Tally(report.counts, report.byteCounts)
        try concurrently(parts, limit: threadCount) {
            try RepositoryClient(registry, repository: repository, .push, sources: Set(sources.values))
        } _: { client, part in
            let digest = part.descriptor.digest
            let arrival = try client.push(part, mountingFrom: sources[digest], store: store) {
                progress.show(digest, $0)
            }
            progress.show(digest, part.descriptor.byteCount)
            arrivals.add(arrival, part.descriptor.byteCount)
        }
        (report.counts, report.byteCounts) = arrivals.result
    }
}

extension Artifact {
    var stored: StoredManifest { StoredManifest(bytes: manifestBytes, mediaType: manifest.mediaType) }
}

import ContentStore
import OCIArchive
import OCIImage
import OCIRegistry

/// What a push brings into a repository.
enum PushContent {
    case images(PlatformImages)
    case artifact(Artifact)

    /// What a layout has under a name.
    ///
    /// *Throws*: what reading the layout throws.
    init(_ layout: ImageLayout, named name: String?) throws {
        let root = try layout.root(named: name)
        if root.mediaType.isManifest {
            let artifact = try layout.artifact(root)
            guard artifact.manifest.config.mediaType.isImageConfig else {
                self = .artifact(artifact)
                return
            }
        }
        self = .images(try layout.images(root))
    }

    /// The digests that signatures and documents may refer to.
    var subjects: [Digest] {
        switch self {
        case .images(let images):
            Set(images.images.map(\.digest) + [images.digest]).sorted { $0.hex < $1.hex }
        case .artifact(let artifact): [artifact.digest]
        }
    }

    /// The model of the image as an artifact.
    ///
    /// The images of several platforms have the same model, so that any of them gives it.
    ///
    /// *Throws*: when there is no model that an artifact can have.
    func model() throws -> PushContent {
        guard case .images(let images) = self, let image = images.preferred(.ofThisMachine) else { return self }
        return .artifact(try modelPackArtifact(of: image))
    }
}

/// Pushes under all of `names`, repository by repository, with what refers to it.
///
/// *Throws*: what the registry refuses, and what reading the blobs throws.
func push(
    _ content: PushContent,
    as names: [ImageReference],
    _ arguments: RegistryArguments,
    referrers: [(subject: Digest, items: [Referrer])] = [],
    mountFrom source: String? = nil,
    chunkByteCount: Int? = nil
) throws -> [PushedImage] {
    try byRepository(names).map { group in
        let (registry, connection) = try arguments.connect(group[0], chunkByteCount: chunkByteCount)
        let store = try arguments.store()
        let push = ImagePush(registry, repository: group[0].path, store: store, mountSource: source)
        let tags = group.compactMap(\.tag)
        let report =
            switch content {
            case .images(let images): try push.run(images, tags: tags, over: connection)
            case .artifact(let artifact): try push.run(artifact, tags: tags, over: connection)
            }
        for (subject, items) in referrers where !items.isEmpty {
            let client = try RepositoryClient(registry, repository: group[0].path, .push, over: connection)
            try client.attach(items, to: subject, store)
        }
        return PushedImage(names: group, report: report)
    }
}

/// Names in groups of one repository each, none of them empty.
private func byRepository(_ names: [ImageReference]) -> [[ImageReference]] {
    var groups: [[ImageReference]] = []
    for name in names {
        let position = groups.firstIndex { $0[0].domain == name.domain && $0[0].path == name.path }
        if let position { groups[position].append(name) } else { groups.append([name]) }
    }
    return groups
}

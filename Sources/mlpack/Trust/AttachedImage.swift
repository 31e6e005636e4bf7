import ContentStore
import Diagnostics
import JSON
import OCIArchive
import OCIImage
import OCIRegistry
import SupplyChain

/// An image in the place where what refers to it is kept: a layout, an archive, or a repository.
struct AttachedImage {
    private enum Home {
        case layout(ImageLayout)
        case registry(RepositoryClient, ContentStore)
    }

    /// The image, or the index of several: what the name leads to.
    let descriptor: Descriptor
    /// The index that the image was chosen from; `nil` for what the name leads to itself.
    let index: Descriptor?
    /// The repository that the image is in or named for: `ghcr.io/acme/iris`; `nil` when a layout names none.
    let repository: String?
    /// The same as cosign signs it.
    let identity: String?
    /// The name to open the image by, with its digest when a registry has it.
    let pinnedOperand: String
    private let home: Home

    /// Finds an image; of an index, the image for a platform when `choice` names one.
    ///
    /// *Throws*: what reading layouts and asking registries throws.
    init(_ operand: String, _ choice: ImageChoice, _ access: RepositoryClient.Access = .pull) throws {
        if isLocal(operand) {
            let layout = try ImageLayout(operand)
            let root = try layout.root(named: choice.image)
            let chosen =
                choice.platform == nil ? root : try layout.manifestDescriptor(root, platform: choice.wantedPlatform())
            (descriptor, index) = (chosen, chosen.digest == root.digest ? nil : root)
            let names = layout.index.entries.filter { $0.descriptor.digest == root.digest }
                .compactMap { $0.descriptor.annotations[ImageIndex.containerdNameKey] }
            let name = names.compactMap { try? ImageReference(parsing: $0) }.first
            repository = name?.repository
            identity = name?.signedIdentity
            pinnedOperand = operand
            home = .layout(layout)
            return
        }
        let name = try ImageReference(parsing: operand)
        let (registry, connection) = try choice.registry.connect(name)
        let client = try RepositoryClient(registry, repository: name.path, access, over: connection)
        let root = try client.manifest(ManifestReference(name))
        let stored = choice.platform == nil ? root : try client.imageManifest(root, platform: choice.wantedPlatform())
        descriptor = stored.descriptor
        index = stored.digest == root.digest ? nil : root.descriptor
        repository = name.repository
        identity = name.signedIdentity
        pinnedOperand = "\(name.repository)@\(stored.digest)"
        home = .registry(client, try choice.registry.store())
    }

    /// An image of a repository that is known already.
    ///
    /// *Throws*: what asking registries throws.
    init(pulling name: ImageReference, _ descriptor: Descriptor, _ arguments: RegistryArguments) throws {
        self.descriptor = descriptor
        index = nil
        repository = name.repository
        identity = name.signedIdentity
        pinnedOperand = "\(name.repository)@\(descriptor.digest)"
        home = .registry(try arguments.client(name), try arguments.store())
    }

    /// The signatures and documents of the image, or of another part such as its index, held against their digests.
    ///
    /// What a registry has under cosign's tags alone is made a referrer here.
    ///
    /// *Throws*: what fetching throws.
    func referrers(of subject: Descriptor? = nil) throws -> [Referrer] {
        let subject = subject ?? descriptor
        switch home {
        case .layout(let layout): return try layout.referrers(of: subject.digest)
        case .registry(let client, let store):
            let referring = try client.referrers(of: subject.digest, in: store, where: Document.isAttached)
            let known = Set(referring.flatMap(\.layers))
            let tagged = try CosignForm.tags(for: subject.digest).flatMap { tag in
                try client.referrer(tagged: tag, in: store, where: Document.isAttached)
                    .map { CosignForm.referrers($0, of: subject) } ?? []
            }
            return referring + tagged.filter { !known.isSuperset(of: $0.layers) }
        }
    }

    /// How the image runs; of an index, the image for a platform.
    ///
    /// No layer is fetched.
    ///
    /// *Throws*: what reading and fetching throws.
    func config(for platform: Platform) throws -> ImageConfig {
        switch home {
        case .layout(let layout):
            return try layout.image(layout.manifestDescriptor(descriptor, platform: platform)).config
        case .registry(let client, let store):
            let root = try client.manifest(.digest(descriptor.digest))
            let manifest = try client.imageManifest(root, platform: platform)
            return try client.config(of: ImageManifest(JSONValue.parse(manifest.bytes)), in: store)
        }
    }

    /// Attaches referrers; in a registry also where cosign looks for them.
    ///
    /// *Throws*: what writing and the registry throw.
    func attach(_ referrers: [Referrer]) throws {
        switch home {
        case .layout(let layout): try add(referrers, toLayout: layout.path)
        case .registry(let client, let store): try client.attach(referrers, to: descriptor.digest, store)
        }
    }
}

extension RepositoryClient {
    /// Brings referrers of an image into the repository: as its referrers, and where cosign looks for them.
    func attach(_ referrers: [Referrer], to image: Digest, _ store: ContentStore) throws {
        for referrer in referrers {
            try push(referrer, store: store)
            guard let tag = CosignForm.tag(of: referrer, for: image) else { continue }
            let standing = try self.referrer(tagged: tag, in: store, where: Document.isAttached)?.layers ?? []
            let new = referrer.layers.filter { !standing.contains($0) }
            if !new.isEmpty { try push(CosignForm.tagged(standing + new), as: tag, store: store) }
        }
    }
}

extension ImageReference {
    /// The name without tag and digest.
    var repository: String { "\(domain)/\(path)" }

    /// The name of the repository as cosign signs it.
    var signedIdentity: String { (domain == "docker.io" ? "index.docker.io" : domain) + "/" + path }
}

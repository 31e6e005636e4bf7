import ArgumentParser
import ContentStore
import Diagnostics
import Glibc
import OCIArchive
import OCIImage
import OCIRegistry

/// Which image of several, and how registries are reached: what every command that reads an image takes.
struct ImageChoice: ParsableArguments {
    @Option(help: ArgumentHelp("Which image of a layout that holds several: its tag or its name.", valueName: "name"))
    var image: String?

    @Option(help: ArgumentHelp("The platform, of an image for several.", valueName: "os/architecture"))
    var platform: String?

    @OptionGroup var registry: RegistryArguments

    /// The platform that is asked for, or this machine's.
    func wantedPlatform() throws -> Platform { try platform.map { try Platform(parsing: $0) } ?? .ofThisMachine }

    /// The image of an archive, a layout or a registry; the latter is pulled into the cache.
    func open(_ operand: String) throws -> Image {
        if isLocal(operand) {
            let layout = try ImageLayout(operand)
            return try layout.image(layout.manifestDescriptor(named: image, platform: wantedPlatform()))
        }
        let pulled = try registry.pull(ImageReference(parsing: operand), platform: wantedPlatform())
        return try pulled.images.image(for: wantedPlatform())
    }

    /// What an operand leads to: the image for the platform that is asked for, or those for all platforms.
    ///
    /// Of a registry, everything is fetched, whatever the cache has.
    func openAllAnew(_ operand: String) throws -> PlatformImages {
        let platform = try platform.map { try Platform(parsing: $0) }
        guard isLocal(operand) else {
            return try registry.pull(ImageReference(parsing: operand), platform: platform, fetchesAnew: true).images
        }
        guard platform == nil else { return PlatformImages(try open(operand)) }
        let layout = try ImageLayout(operand)
        return try layout.images(layout.root(named: image))
    }
}

/// What a model is taken out of.
enum ModelSource {
    case artifact(Artifact)
    case image(Image)
}

extension ImageChoice {
    /// The image, or the ModelPack artifact, of an archive, a layout or a registry.
    func openModel(_ operand: String) throws -> ModelSource {
        guard isLocal(operand) else {
            switch try registry.pullModel(ImageReference(parsing: operand), platform: wantedPlatform()) {
            case .artifact(let artifact, _, _): return .artifact(artifact)
            case .images(let result): return .image(try result.images.image(for: wantedPlatform()))
            }
        }
        let layout = try ImageLayout(operand)
        let descriptor = try layout.manifestDescriptor(named: image, platform: wantedPlatform())
        let artifact = try layout.artifact(descriptor)
        guard artifact.manifest.config.mediaType.isModelConfig else { return .image(try layout.image(descriptor)) }
        return .artifact(artifact)
    }
}

/// The form of `--format`.
///
/// *Throws*: a mistake of the command line, with the forms that there are.
func imageSink(named name: String) throws -> any ImageSink {
    if let sink = imageSinks.first(where: { $0.name == name }) { return sink }
    let names = imageSinks.map { "`\($0.name)`" }
    throw ValidationError(
        "unknown format `\(name)`, expected " + names.dropLast().joined(separator: ", ") + " or \(names.last ?? "")"
    )
}

/// Whether an operand is a file or a folder rather than the name of an image in a registry.
///
/// What looks like a path and is not there is taken for one, so that the error says so.
func isLocal(_ operand: String) -> Bool {
    access(operand, F_OK) == 0 || operand.hasPrefix("/") || operand.hasPrefix("./") || operand.hasPrefix("../")
        || operand.hasSuffix(".tar")
}

extension ImageLayout {
    /// The manifest under a name; of an index, the one for a platform.
    func manifestDescriptor(named name: String?, platform: Platform) throws -> Descriptor {
        try manifestDescriptor(root(named: name), platform: platform)
    }

    /// The manifest itself, or the one for a platform when it is an index, also one within another.
    func manifestDescriptor(_ root: Descriptor, platform: Platform) throws -> Descriptor {
        var descriptor = root
        for _ in 0..<4 where descriptor.mediaType.isIndex {
            do {
                descriptor = try ImageIndex(bytes: manifest(descriptor)).entry(for: platform).descriptor
            } catch let error as OCIImageError {
                throw error.within(.file(path))
            }
        }
        return descriptor
    }
}

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
        return try registry.pull(ImageReference(parsing: operand), platform: wantedPlatform()).image
    }
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

/// A text of an image with its control characters spelled out: an image must not steer the terminal that shows it.
func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        let isControl = scalar.value < 0x20 && scalar != "\n" || (0x7F...0x9F).contains(scalar.value)
        result += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return result
}

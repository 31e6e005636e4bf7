import ArgumentParser
import ContentStore
import JSON
import OCIArchive
import OCIImage
import OCIRegistry

struct ImagePullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Pull an image from a registry into an archive or a layout.",
        discussion: """
            Blobs go through mlpack's cache: what is there is not fetched again, what broke off goes on. Every byte is \
            held against its digest. Of an image for several platforms, that of this machine is taken unless --platform \
            says otherwise.
            """
    )

    @Argument(help: ArgumentHelp("The image.", valueName: "host/repository:tag"))
    var reference: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("What to write.", valueName: "path"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "The form of the output: "
                + imageSinks.map { "`\($0.name)`, \($0.summary)" }.joined(separator: "; ") + "."
        )
    )
    var format = imageSinks[0].name

    @Option(help: ArgumentHelp("The platform, of an image for several.", valueName: "os/architecture"))
    var platform: String?

    @Flag(help: "Take along the signatures and documents that refer to the image.")
    var referrers = false

    @OptionGroup var registry: RegistryArguments

    @Flag(help: "Print what was pulled as JSON.")
    var json = false

    func run() throws {
        guard let sink = imageSinks.first(where: { $0.name == format }) else {
            throw ValidationError(
                "unknown format `\(format)`, expected " + imageSinks.map { "`\($0.name)`" }.joined(separator: " or ")
            )
        }
        let name = try ImageReference(parsing: reference)
        let platform = try self.platform.map { try Platform(parsing: $0) } ?? .ofThisMachine
        let result = try registry.pull(name, platform: platform)
        try sink.write(result.image, names: name.tag == nil ? [] : [name.withoutDigest], to: output)
        if referrers {
            let found = try AttachedImage(pulling: name, result.image.descriptor, registry).referrers()
            try add(found, toLayout: output)
        }
        guard json else {
            standardError("blobs: \(result.fetchedCount) fetched (\(result.fetchedByteCount) bytes)")
            print("\(name.familiarName)  \(result.image.digest)  \(output)")
            return
        }
        printJSON([
            "digest": .string(result.image.digest.description),
            "rootDigest": .string(result.rootDigest.description),
            "name": .string(name.familiarName),
            "platform": .string(result.image.config.platform.description),
            "output": .string(output),
            "fetched": [
                "count": .number(JSONNumber(result.fetchedCount)),
                "size": .number(JSONNumber(result.fetchedByteCount)),
            ],
        ])
    }
}

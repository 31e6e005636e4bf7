import ArgumentParser
import ContentStore
import JSON
import OCIArchive
import OCIImage
import OCIRegistry

struct ImagePushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push an image from an archive or a layout to a registry.",
        discussion: """
            Sends what the registry does not have, as it is: nothing is compressed anew, so digests stay. Blobs that \
            another repository of the registry has are mounted from there. A tag appears when everything below it is there. \
            Signatures and documents of the image go along.

            Credentials come from the files of Podman and Docker, and from their credential helpers. This machine's own \
            registries are asked over HTTP, all others over HTTPS.
            """
    )

    @Argument(help: "An archive or an OCI layout.", completion: .file())
    var source: String

    @Argument(help: ArgumentHelp("The names to push it under.", valueName: "host/repository:tag"))
    var references: [String]

    @Option(help: ArgumentHelp("Which image of a layout that holds several: its tag or its name.", valueName: "name"))
    var image: String?

    @Option(help: ArgumentHelp("A repository of the registry that blobs may be mounted from.", valueName: "repository"))
    var mountFrom: String?

    @Option(
        help: ArgumentHelp(
            "Send larger blobs in chunks of this size, which an upload that broke goes on with (default: 64 MiB).",
            valueName: "bytes"
        )
    )
    var chunkSize: Int?

    @Option(
        help: ArgumentHelp(
            "Push the model of the image as a ModelPack artifact too, under this name; its bytes are those of the image's "
                + "layer, and are not sent again.",
            valueName: "host/repository:tag"
        )
    )
    var artifact: [String] = []

    @OptionGroup var registry: RegistryArguments

    @Flag(help: "Print what was pushed as JSON.")
    var json = false

    func validate() throws {
        if let chunkSize, chunkSize < 1 { throw ValidationError("`--chunk-size` is \(chunkSize), expected 1 or more") }
    }

    func run() throws {
        let names = try references.map { try ImageReference(parsing: $0) }
        let artifactNames = try artifact.map { try ImageReference(parsing: $0) }
        if let digested = (names + artifactNames).first(where: { $0.digest != nil }) {
            throw ValidationError("`\(digested)` has a digest, expected a tag")
        }
        let layout = try ImageLayout(source)
        let content = try PushContent(layout, named: image)
        let referrers = try content.subjects.map { (subject: $0, items: try layout.referrers(of: $0)) }
        var pushes = try push(
            content,
            as: names,
            registry,
            referrers: referrers,
            mountFrom: mountFrom,
            chunkByteCount: chunkSize
        )
        if !artifactNames.isEmpty {
            pushes += try push(try content.model(), as: artifactNames, registry, chunkByteCount: chunkSize)
        }
        if json {
            printJSON(.array(pushes.map(\.json)))
        } else {
            for push in pushes { push.show() }
        }
    }
}

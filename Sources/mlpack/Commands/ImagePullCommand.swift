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
            or --all-platforms says otherwise.
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

    @Flag(help: "Take the images of all platforms, with the index over them.")
    var allPlatforms = false

    @Flag(help: "Take along the signatures and documents that refer to the image.")
    var referrers = false

    @OptionGroup var registry: RegistryArguments

    @Flag(help: "Print what was pulled as JSON.")
    var json = false

    func validate() throws {
        if allPlatforms, platform != nil {
            throw ValidationError("`--all-platforms` and `--platform` exclude each other")
        }
    }

    func run() throws {
        let sink = try imageSink(named: format)
        let name = try ImageReference(parsing: reference)
        let platform = try self.platform.map { try Platform(parsing: $0) } ?? .ofThisMachine
        let names = name.tag == nil ? [] : [name.withoutDigest]
        let result: ImagePull.Result
        if let sink = sink as? LayoutFolderSink {
            switch try registry.pullModel(name, platform: allPlatforms ? nil : platform) {
            case .images(let images): result = images
            case .artifact(let artifact, let count, let byteCount):
                try sink.write(artifact, names: names, to: output)
                return show(artifact, name, fetched: (count, byteCount))
            }
        } else {
            result = try registry.pull(name, platform: allPlatforms ? nil : platform)
        }
        try sink.write(result.images, names: names, to: output)
        if referrers {
            let subjects = [result.images.descriptor] + result.images.images.map(\.descriptor)
            var seen: Set<Digest> = []
            for subject in subjects where seen.insert(subject.digest).inserted {
                try add(AttachedImage(pulling: name, subject, registry).referrers(), toLayout: output)
            }
        }
        let digest = WrittenDigest(result.images, in: sink)
        guard json else {
            standardError("blobs: \(result.fetchedCount) fetched (\(result.fetchedByteCount) bytes)")
            print("\(name.familiarName)  \(digest.text)  \(output)")
            return
        }
        var object = digest.json
        object["rootDigest"] = .string(result.rootDigest.description)
        object["name"] = .string(name.familiarName)
        object["platforms"] = .array(result.images.images.map { .string($0.config.platform.description) })
        object["output"] = .string(output)
        object["fetched"] = fetchedJSON((result.fetchedCount, result.fetchedByteCount))
        printJSON(.object(object))
    }

    private func show(_ artifact: Artifact, _ name: ImageReference, fetched: (count: Int, byteCount: Int)) {
        guard json else {
            standardError("blobs: \(fetched.count) fetched (\(fetched.byteCount) bytes)")
            print("\(name.familiarName)  \(artifact.digest)  \(output)")
            return
        }
        printJSON([
            "digest": .string(artifact.digest.description),
            "rootDigest": .string(artifact.digest.description),
            "name": .string(name.familiarName),
            "artifactType": artifact.manifest.artifactType.map { .string($0) } ?? .null,
            "output": .string(output),
            "fetched": fetchedJSON(fetched),
        ])
    }

    private func fetchedJSON(_ fetched: (count: Int, byteCount: Int)) -> JSONValue {
        ["count": .number(JSONNumber(fetched.count)), "size": .number(JSONNumber(fetched.byteCount))]
    }
}

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

    @OptionGroup var registry: RegistryArguments

    @Flag(help: "Print what was pushed as JSON.")
    var json = false

    func validate() throws {
        if let chunkSize, chunkSize < 1 { throw ValidationError("`--chunk-size` is \(chunkSize), expected 1 or more") }
    }

    func run() throws {
        let names = try references.map { try ImageReference(parsing: $0) }
        if let digested = names.first(where: { $0.digest != nil }) {
            throw ValidationError("`\(digested)` has a digest, expected a tag")
        }
        let pushes = try pushImage(
            try ImageLayout(source),
            named: image,
            as: names,
            registry,
            mountFrom: mountFrom,
            chunkByteCount: chunkSize
        )
        if json {
            printJSON(.array(pushes.map(\.json)))
        } else {
            for push in pushes { push.show() }
        }
    }
}

/// What was pushed to one repository.
struct PushedImage {
    var names: [ImageReference]
    var report: ImagePush.Report

    /// Words for each name on the standard output, and counts on the standard error.
    func show() {
        let counts = [BlobArrival.uploaded, .mounted, .existed].compactMap { arrival -> String? in
            guard let count = report.counts[arrival] else { return nil }
            return "\(count) \(arrival.rawValue) (\(report.byteCounts[arrival] ?? 0) bytes)"
        }
        let words =
            report.changedTags.isEmpty ? "nothing to do" : counts.isEmpty ? "all there" : counts.joined(separator: ", ")
        standardError("blobs: " + words)
        for name in names { print("\(name.familiarName)  \(report.digest)") }
    }

    var json: JSONValue {
        [
            "digest": .string(report.digest.description),
            "names": .array(names.map { .string($0.familiarName) }),
            "changedTags": .array(report.changedTags.map { .string($0) }),
            "blobs": .object(
                JSONObject(
                    [BlobArrival.uploaded, .mounted, .existed].map { arrival in
                        let counts: JSONValue = [
                            "count": .number(JSONNumber(report.counts[arrival] ?? 0)),
                            "size": .number(JSONNumber(report.byteCounts[arrival] ?? 0)),
                        ]
                        return (arrival.rawValue, counts)
                    }
                )
            ),
        ]
    }
}

/// Pushes what a layout holds under all of `names`, repository by repository.
func pushImage(
    _ layout: ImageLayout,
    named name: String? = nil,
    as names: [ImageReference],
    _ arguments: RegistryArguments,
    mountFrom source: String? = nil,
    chunkByteCount: Int? = nil
) throws -> [PushedImage] {
    let root = try layout.root(named: name)
    let index = root.mediaType.isIndex ? try ImageIndex(bytes: layout.manifest(root)) : nil
    let images = try (index?.entries.map(\.descriptor) ?? [root]).map { try layout.image($0) }
    var pushed: [PushedImage] = []
    var rest = names[...]
    while let first = rest.first {
        let group = rest.filter { $0.domain == first.domain && $0.path == first.path }
        rest = rest.filter { !group.contains($0) }[...]
        let (registry, connection) = try arguments.connect(first, chunkByteCount: chunkByteCount)
        let push = ImagePush(registry, repository: first.path, store: try arguments.store(), mountSource: source)
        let report = try push.run(images, index: index, tags: group.compactMap(\.tag), over: connection)
        let client = try RepositoryClient(registry, repository: first.path, .push, over: connection)
        for subject in Set(images.map(\.digest) + [root.digest]).sorted(by: { $0.hex < $1.hex }) {
            try client.attach(layout.referrers(of: subject), to: subject, arguments.store())
        }
        pushed.append(PushedImage(names: group, report: report))
    }
    return pushed
}

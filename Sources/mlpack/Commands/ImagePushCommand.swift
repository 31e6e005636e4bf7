import ArgumentParser
import ContentStore
import Downloads
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
            another repository of the registry has are mounted from there. A tag appears when everything below it is there.

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
        var pushes = try pushImage(
            layout,
            named: image,
            as: names,
            registry,
            mountFrom: mountFrom,
            chunkByteCount: chunkSize
        )
        pushes += try pushModel(layout, named: image, as: artifactNames, registry, chunkByteCount: chunkSize)
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

/// Pushes what a layout holds, images or an artifact, under all of `names`, repository by repository.
func pushImage(
    _ layout: ImageLayout,
    named name: String? = nil,
    as names: [ImageReference],
    _ arguments: RegistryArguments,
    mountFrom source: String? = nil,
    chunkByteCount: Int? = nil
) throws -> [PushedImage] {
    let root = try layout.root(named: name)
    if root.mediaType.isManifest {
        let artifact = try layout.artifact(root)
        return try push(names, arguments, source, chunkByteCount) { try $0.run(artifact, tags: $1, over: $2) }
    }
    let images = try layout.images(root)
    return try push(names, arguments, source, chunkByteCount) { try $0.run(images, tags: $1, over: $2) }
}

/// Pushes the model of a layout's image as an artifact under all of `names`.
///
/// The images of several platforms have the same model, so that any of them gives it.
private func pushModel(
    _ layout: ImageLayout,
    named name: String?,
    as names: [ImageReference],
    _ arguments: RegistryArguments,
    chunkByteCount: Int?
) throws -> [PushedImage] {
    guard !names.isEmpty, let image = try layout.images(layout.root(named: name)).preferred(.ofThisMachine) else {
        return []
    }
    let artifact = try modelPackArtifact(of: image)
    return try push(names, arguments, nil, chunkByteCount) { try $0.run(artifact, tags: $1, over: $2) }
}

/// Pushes to each repository of some names with `body`, which gets the tags that are wanted there.
private func push(
    _ names: [ImageReference],
    _ arguments: RegistryArguments,
    _ source: String?,
    _ chunkByteCount: Int?,
    _ body: (ImagePush, [String], HTTPConnection) throws -> ImagePush.Report
) throws -> [PushedImage] {
    try byRepository(names).map { group in
        let (registry, connection) = try arguments.connect(group[0], chunkByteCount: chunkByteCount)
        let push = ImagePush(registry, repository: group[0].path, store: try arguments.store(), mountSource: source)
        return PushedImage(names: group, report: try body(push, group.compactMap(\.tag), connection))
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

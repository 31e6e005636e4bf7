import ArgumentParser
import ContentStore
import Diagnostics
import Downloads
import Environments
import Glibc
import ImageBuilder
import InferenceEngine
import JSON
import OCIArchive
import OCIImage
import OnnxReader

struct ImageBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build an image from a model and a curated environment.",
        discussion: """
            Writes one archive that `docker load` and `podman load` take. Needs no root and no daemon, runs nothing of \
            what it packs, and gives the same digest wherever the same inputs are.

            The model is served under the last part of the tag's repository unless --name says otherwise: \
            `--tag ghcr.io/acme/iris:1` serves `/v2/models/iris`.
            """
    )

    @Option(help: ArgumentHelp("The ONNX model.", valueName: "model.onnx"), completion: .file(extensions: ["onnx"]))
    var model: String

    @Option(help: "The curated environment; `mlpack environment list` names them.")
    var environment: String

    @Option(help: ArgumentHelp("A name of the image; may be given more than once.", valueName: "repository:tag"))
    var tag: [String]

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("What to write.", valueName: "path"))
    var output: String

    @Option(help: "The name that the model is served under.")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "The form of the output: "
                + imageSinks.map { "`\($0.name)`, \($0.summary)" }.joined(separator: "; ") + "."
        )
    )
    var format = imageSinks[0].name

    @Option(help: ArgumentHelp("The static mlpack-serve; by default the one beside mlpack.", valueName: "path"))
    var server: String?

    @Option(help: ArgumentHelp("A folder of environments to look in first.", valueName: "folder"))
    var environmentsDir: String?

    @Option(
        help: ArgumentHelp(
            "A base address to fetch packages from instead of those of this machine's apt; may be given more than once.",
            valueName: "url"
        )
    )
    var mirror: [String] = []

    @Option(
        help: ArgumentHelp(
            "Push the image under this name when it is written; may be given more than once.",
            valueName: "host/repository:tag"
        )
    )
    var push: [String] = []

    @OptionGroup var registry: RegistryArguments

    @Flag(help: "Fetch nothing: take packages from the cache.")
    var offline = false

    @Flag(help: "Print what was built as JSON.")
    var json = false

    func run() throws {
        let sink = try imageSink(named: format)
        let names = try tag.map { try ImageReference(parsing: $0) }
        guard let first = names.first else { throw ValidationError("a tag is missing") }
        let pushNames = try push.map { try ImageReference(parsing: $0) }
        let environment = try EnvironmentFolders(given: environmentsDir).environment(named: self.environment)
        let server = try ServerExecutable(path: try self.server ?? defaultServer())
        let externalFiles = try externalFiles(ofModel: model)
        try checkServed()
        let store = try ContentStore(root: ContentStore.userCacheFolder)
        let build = ImageBuild(
            environment: environment,
            server: server,
            model: try PackedModel(name: name ?? first.baseName, path: model, externalFiles: externalFiles),
            version: first.tag,
            mirrors: mirror,
            downloader: Downloader(store: store, isOffline: offline)
        )
        let (image, report) = try build.run()
        try sink.write(image, names: names, to: output)
        try store.collectGarbage(unusedForSeconds: 90 * 24 * 3600)
        if json {
            printJSON(imageJSON(image, report, names: names))
        } else {
            for layer in report.layers {
                standardError(
                    "layer \(layer.descriptor.digest.hex.prefix(12))  \(layer.descriptor.byteCount) bytes  "
                        + layer.createdBy + (layer.isReused ? " (from the cache)" : "")
                )
            }
            print("\(first.familiarName)  \(image.digest)  \(output)")
        }
        guard !pushNames.isEmpty else { return }
        let pushed = try pushImage(try ImageLayout(output), as: pushNames, registry)
        if !json { for push in pushed { push.show() } }
    }

    /// Refuses a model that the server of the image would refuse.
    private func checkServed() throws {
        let loaded = try readModel(path: model)
        try locating(.file(model)) { () throws(EngineError) in _ = try InferenceSession(loaded, options: .reference) }
    }

    private func defaultServer() throws -> String {
        let path = (executableFolder() ?? ".") + "/mlpack-serve"
        guard access(path, R_OK) == 0 else {
            throw ImageBuilderError(
                .server,
                at: .file(path),
                "there is no mlpack-serve beside mlpack, expected a static executable",
                hint: "build it with `\(ServerExecutable.buildCommand)`, and name it with --server"
            )
        }
        return path
    }

    private func imageJSON(_ image: Image, _ report: ImageBuild.Report, names: [ImageReference]) -> JSONValue {
        [
            "digest": .string(image.digest.description),
            "names": .array(names.map { .string($0.familiarName) }),
            "output": .string(output),
            "layers": .array(
                report.layers.map { layer in
                    [
                        "mediaType": .string(layer.descriptor.mediaType.rawValue),
                        "digest": .string(layer.descriptor.digest.description),
                        "size": .number(JSONNumber(layer.descriptor.byteCount)),
                        "createdBy": .string(layer.createdBy),
                        "reused": .bool(layer.isReused),
                    ]
                }
            ),
        ]
    }
}

import ArgumentParser
import Diagnostics
import Environments
import ImageBuilder
import InferenceEngine
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
            `--tag ghcr.io/acme/iris:1` serves `/v2/models/iris`. It stands in /models/<name>/<version>/.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The model: ONNX for an environment with a server, else any file or folder.",
            valueName: "path"
        ),
        completion: .file()
    )
    var model: String?

    @Option(help: "The curated environment; `mlpack environment list` names them.")
    var environment: String

    @Option(help: "The name that the model is served under.")
    var name: String?

    @Option(help: "The version that the model is served under.")
    var modelVersion = 1

    @Option(
        help: ArgumentHelp(
            "Put a file or a folder into the image, such as the script that runs the model; may be given more than once.",
            valueName: "source=path"
        )
    )
    var add: [String] = []

    @Option(
        help: ArgumentHelp(
            "A word of the command, instead of the environment's; given once for each.",
            valueName: "word"
        )
    )
    var cmd: [String] = []

    @Option(help: ArgumentHelp("A variable of the container; may be given more than once.", valueName: "name=value"))
    var env: [String] = []

    @Option(help: ArgumentHelp("A label of the image; may be given more than once.", valueName: "name=value"))
    var label: [String] = []

    @OptionGroup var output: ImageOutputArguments

    @OptionGroup var platforms: PlatformArguments

    @OptionGroup var packages: PackageArguments

    func validate() throws {
        guard modelVersion > 0 else {
            throw ValidationError("`--model-version` is \(modelVersion), expected 1 or more")
        }
        guard !output.tag.isEmpty else { throw ValidationError("a tag is missing, expected `--tag repository:tag`") }
        guard output.output != nil || !output.push.isEmpty else {
            throw ValidationError("there is nothing to do with the image, expected `--output` or `--push`")
        }
        if let own = label.first(where: { $0.hasPrefix("dev.mlpack.") }) {
            throw ValidationError("`\(own)` is a label of mlpack's own, expected a name that does not start so")
        }
        for pair in env + label where pair.first == "=" || !pair.contains("=") {
            throw ValidationError("`\(pair)` has another form, expected `name=value`")
        }
        for pair in add where pair.first == "=" || pair.last == "=" || !pair.contains("=") {
            throw ValidationError("`\(pair)` has another form, expected `source=path`")
        }
    }

    func run() throws {
        let first = try output.names()[0]
        let environment = try packages.environment(named: environment)
        if model == nil, environment.manifest.serverPath != nil {
            standardError("warning: the image has no model: its server needs one in /models, mounted there")
        }
        let servers = try platforms.servers(of: environment)
        var build = ImageBuild(environment: environment, fetcher: try packages.fetcher(for: environment))
        build.registryOptions = output.registry.options()
        build.servers = servers
        build.version = first.tag
        build.model = try model.map { try packed($0, name ?? first.baseName, environment.manifest) }
        build.added = try AddedFiles(add.map(split).map { (source: $0.name, path: $0.value) })
        build.settings.command = cmd.isEmpty ? nil : cmd
        build.settings.variables = env
        build.settings.labels = Dictionary(label.map(split).map { ($0.name, $0.value) }) { $1 }
        try output.build(build, architectures: try platforms.architectures(of: environment, servers))
    }

    /// The halves of `name=value`.
    private func split(_ pair: String) -> (name: String, value: String) {
        let equals = pair.firstIndex(of: "=") ?? pair.endIndex
        return (String(pair[..<equals]), String(pair[equals...].dropFirst()))
    }

    private func packed(_ path: String, _ name: String, _ manifest: EnvironmentManifest) throws -> PackedModel {
        let isServed = manifest.serverPath != nil
        guard isServed || path.hasSuffix(".onnx") else {
            return try PackedModel(name: name, version: modelVersion, anyAt: path)
        }
        let externalFiles = try externalFilesOrHint(path, manifest)
        if isServed { try checkServed(path) }
        return try PackedModel(
            name: name,
            version: modelVersion,
            path: path,
            fileName: isServed ? "model.onnx" : nil,
            externalFiles: externalFiles
        )
    }

    /// The files of a model's external data; for what is no ONNX, the error says what makes it.
    private func externalFilesOrHint(
        _ path: String,
        _ manifest: EnvironmentManifest
    ) throws(OnnxReaderError) -> [String] {
        do throws(OnnxReaderError) {
            return try externalFiles(ofModel: path)
        } catch {
            var error = error
            if !path.hasSuffix(".onnx"), error.code != .notFound {
                error.hint =
                    "environment `\(manifest.name)` serves ONNX: `mlpack export --onnx \(path) -o model.onnx` makes it of a "
                    + "saved model"
            }
            throw error
        }
    }

    /// Refuses a model that the server of the image would refuse.
    private func checkServed(_ path: String) throws {
        let loaded = try readModel(path: path)
        try locating(.file(path)) { () throws(EngineError) in _ = try InferenceSession(loaded, options: .reference) }
    }
}

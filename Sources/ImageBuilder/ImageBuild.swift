import ContentStore
import Diagnostics
package import Downloads
package import Environments
import JSON
import OCIArchive
package import OCIImage

/// One image from an environment, a server and a model.
///
/// For example:
///
///     let build = ImageBuild(environment: environment, server: server, model: model, downloader: downloader)
///     let (image, report) = try build.run()
package struct ImageBuild: Sendable {
    package var environment: CuratedEnvironment
    package var server: ServerExecutable
    package var model: PackedModel
    /// The version of the image, for its annotations: the tag.
    package var version: String?
    /// Base addresses to fetch packages from instead of those of the machine's apt.
    package var mirrors: [String] = []
    package var downloader: Downloader

    /// What a build did, for whoever asked for it.
    package struct Report: Sendable {
        /// One layer of the image.
        package struct Layer: Sendable {
            package let descriptor: Descriptor
            package let createdBy: String
            /// Whether the same inputs made it before.
            package let isReused: Bool
        }

        package let layers: [Layer]
    }

    /// A build of parts that were looked at.
    package init(
        environment: CuratedEnvironment,
        server: ServerExecutable,
        model: PackedModel,
        version: String? = nil,
        mirrors: [String] = [],
        downloader: Downloader
    ) {
        self.environment = environment
        self.server = server
        self.model = model
        self.version = version
        self.mirrors = mirrors
        self.downloader = downloader
    }

    /// Puts the image together; nothing is written but to the cache.
    ///
    /// *Throws*: `architecture` when the environment has none for the server's machine, and the errors of environments,
    /// downloads, layers and files.
    package func run() throws -> (image: Image, report: Report) {
        let manifest = environment.manifest
        guard manifest.architectures.contains(server.architecture) else {
            throw ImageBuilderError(
                .architecture,
                at: .file(server.path),
                "environment `\(manifest.name)` is not for \(server.architecture), expected "
                    + manifest.architectures.map { "`\($0)`" }.joined(separator: ", ")
            )
        }
        let packages = try environment.packages(
            architecture: server.architecture,
            mirrors: mirrors,
            by: downloader
        )
        let trees = try EnvironmentTrees(manifest, packages: packages, server: server)
        let cache = LayerCache(store: downloader.store)
        let inputs = [environment.manifestDigest, environment.lockDigest].compactMap { $0?.description }
        let ground = try cache.layer(
            createdBy: "mlpack environment \(manifest.name) \(manifest.version)",
            inputs: ["ground", server.architecture] + inputs,
            trees.ground
        )
        let serving = try cache.layer(
            createdBy: "mlpack server /\(manifest.serverPath)",
            inputs: ["server", manifest.serverPath, server.digest.description],
            trees.server
        )
        let packed = try model.tree().layer(
            compression: .none,
            createdBy: "mlpack model /models/\(model.name)/1",
            in: downloader.store
        )
        let layers = [ground.layer, serving.layer, packed]
        let image = Image(config: config, layers: layers, annotations: labels)
        return (
            image,
            Report(
                layers: zip(layers, [ground.isReused, serving.isReused, false]).map { layer, isReused in
                    Report.Layer(descriptor: layer.descriptor, createdBy: layer.history.createdBy, isReused: isReused)
                }
            )
        )
    }

    private var config: ImageConfig {
        let manifest = environment.manifest
        var config = ImageConfig()
        config.architecture = server.architecture
        config.user = "\(manifest.runAs):\(manifest.runAs)"
        config.exposedPorts = manifest.ports.map { "\($0)/tcp" }
        config.environment =
            ["PATH=/usr/local/bin:/usr/bin:/bin"] + manifest.variables.map { "\($0.name)=\($0.value)" }
        config.entrypoint = manifest.entrypoint
        config.command = manifest.command
        config.workingFolder = manifest.workingFolder
        config.stopSignal = manifest.stopSignal
        config.labels = labels
        return config
    }

    /// What the image says of itself, in its config and in its manifest.
    private var labels: [String: String] {
        var labels = [
            "dev.mlpack.environment.name": environment.manifest.name,
            "dev.mlpack.environment.version": environment.manifest.version,
            "dev.mlpack.model.digest": model.digest.description,
            "dev.mlpack.model.name": model.name,
            "dev.mlpack.version": mlpackVersion,
            "org.opencontainers.image.created": ImageConfig.epoch,
            "org.opencontainers.image.description": environment.manifest.description,
            "org.opencontainers.image.title": model.name,
        ]
        labels["dev.mlpack.environment.lock"] = environment.lockDigest?.description
        labels["org.opencontainers.image.version"] = version
        return labels
    }
}

import ArgumentParser
import ContentStore
import Deployment
import Diagnostics
import JSON
import OCIImage
import OCIRegistry
import YAML

struct ImageManifestCommand: ParsableCommand {
    /// What runs the image.
    enum Target: String, EnumerableFlag {
        case kubernetes, kserve, compose

        static func help(for value: Target) -> ArgumentHelp? {
            switch value {
            case .kubernetes: "A Deployment and a Service of Kubernetes."
            case .kserve: "An InferenceService of KServe."
            case .compose: "A project of Docker Compose or Podman."
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "manifest",
        abstract: "Print the YAML that runs an image in Kubernetes, KServe or Compose.",
        discussion: """
            The image stands in it by its digest, the port and the user are those of its config. It runs as somebody else \
            than root on a file system that is read only, without capabilities, and is asked for its health by the routes of \
            the Open Inference Protocol v2. An image that is named by its digest need not be reachable: then mlpack's own \
            port and user are taken.
            """
    )

    @Argument(help: "The name of an image in a registry, an OCI layout, or an archive.", completion: .file())
    var image: String

    @Flag(exclusivity: .exclusive)
    var target: Target

    @Flag(help: "With --kserve: take the model alone out of the image, and serve it with a runtime of the cluster.")
    var modelcar = false

    @Option(help: "The name of what runs; by default that of the model.")
    var name: String?

    @Option(help: "The namespace of Kubernetes.")
    var namespace: String?

    @Option(help: "How many run.")
    var replicas = 1

    @Option(help: "The port that others reach it by; by default that of the image.")
    var port: Int?

    @Option(help: "The processors for each: `2` or `500m`.")
    var cpu = "1"

    @Option(help: "The memory for each: `512Mi` or `2G`.")
    var memory = "1Gi"

    @OptionGroup var choice: ImageChoice

    func validate() throws {
        if modelcar, target != .kserve { throw ValidationError("`--modelcar` is given without `--kserve`") }
        if namespace != nil, target == .compose { throw ValidationError("`--namespace` is given with `--compose`") }
        if port != nil, target == .kserve { throw ValidationError("`--port` is given with `--kserve`, which has 80") }
    }

    func run() throws {
        let (pinned, config) = try found()
        let model = config?.labels["dev.mlpack.model.name"]
        var workload = try Workload(
            image: pinned.description,
            name: name ?? Workload.suggestedName(model ?? pinned.baseName),
            config: config,
            processors: Quantity(processors: cpu),
            memory: Quantity(memory: memory)
        )
        if let namespace { try workload.setNamespace(namespace) }
        try workload.setReplicaCount(replicas)
        if let port { try workload.setPort(port) }
        let documents: [JSONValue] =
            switch target {
            case .kubernetes: workload.kubernetes
            case .kserve: [modelcar ? workload.kserveModelcar : workload.kserve]
            case .compose: [workload.compose]
            }
        print(yamlText(documents), terminator: "")
    }

    /// The image by its digest, and its config where that can be read.
    private func found() throws -> (name: ImageReference, config: ImageConfig?) {
        if !isLocal(image) {
            let name = try ImageReference(parsing: image)
            do {
                let attached = try AttachedImage(image, choice)
                return (
                    try ImageReference(parsing: attached.pinnedOperand),
                    try attached.config(for: choice.wantedPlatform())
                )
            } catch let error as RegistryError where name.digest != nil && error.code != .digestMismatch {
                standardError("the config of the image cannot be read, port and user are mlpack's own: \(error)")
                return (name, nil)
            }
        }
        let attached = try AttachedImage(image, choice)
        guard let repository = attached.repository else {
            throw ValidationError("`\(image)` names no repository, expected the name of an image in a registry")
        }
        return (
            try ImageReference(parsing: "\(repository)@\(attached.descriptor.digest)"),
            try attached.config(for: choice.wantedPlatform())
        )
    }
}

import Environments
import OCIImage

/// What somebody who builds an image says of its container, over what the environment says.
package struct ContainerSettings: Sendable, Hashable {
    package var command: [String]?
    /// `NAME=value`.
    package var variables: [String] = []
    package var labels: [String: String] = [:]

    /// What the environment says.
    package init() {}

    /// How the container of an environment runs.
    func config(_ manifest: EnvironmentManifest, _ labels: [String: String]) -> ImageConfig {
        var config = ImageConfig()
        config.user = "\(manifest.runAs):\(manifest.runAs)"
        config.exposedPorts = manifest.ports.map { "\($0)/tcp" }
        config.volumes = manifest.volumes
        config.environment = manifest.base == nil ? ["PATH=/usr/local/bin:/usr/bin:/bin"] : []
        let own = Set(variables.map(name))
        config.environment += manifest.variables.map { "\($0.name)=\($0.value)" }.filter { !own.contains(name($0)) }
        config.environment += variables
        config.entrypoint = manifest.entrypoint
        config.command = command ?? manifest.command
        config.workingFolder = manifest.workingFolder
        config.stopSignal = manifest.stopSignal
        config.healthCheck = manifest.healthCheck
        config.labels = labels
        return config
    }

    private func name(_ variable: String) -> Substring { variable.prefix { $0 != "=" } }
}

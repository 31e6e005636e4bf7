import ContentStore
import Diagnostics
import Environments
import OCIImage

extension ImageBuild {
    /// What the image says of itself, in its config and in its manifest; versions come from the lock.
    func imageLabels(_ architecture: String) throws -> [String: String] {
        let manifest = environment.manifest
        var labels = [
            "dev.mlpack.environment.name": manifest.name,
            "dev.mlpack.environment.version": manifest.version,
            "dev.mlpack.version": mlpackVersion,
            "org.opencontainers.image.created": ImageConfig.epoch,
            "org.opencontainers.image.description": manifest.description,
            "org.opencontainers.image.title": model?.name ?? manifest.name,
        ]
        if let model {
            labels["dev.mlpack.model.digest"] = try model.digest().description
            labels["dev.mlpack.model.name"] = model.name
            labels["dev.mlpack.model.version"] = "\(model.version)"
        }
        labels["dev.mlpack.environment.lock"] = environment.lockDigest?.description
        labels["org.opencontainers.image.version"] = version
        for (name, value) in try environment.derivedTags(architecture) { labels["dev.mlpack.\(name)"] = value }
        let routes = [
            ("liveness", manifest.routes.liveness), ("readiness", manifest.routes.readiness),
            ("scoring", manifest.routes.scoring),
        ]
        for case (let name, let route?) in routes {
            labels["dev.mlpack.inference.\(name)"] = "\(route.port)/\(route.path.drop { $0 == "/" })"
        }
        for tag in manifest.tags { labels["dev.mlpack.tag.\(tag.name)"] = tag.value }
        labels.merge(settings.labels) { $1 }
        return labels
    }
}

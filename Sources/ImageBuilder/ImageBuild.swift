import ContentStore
import Diagnostics
import Downloads
package import Environments
import OCIArchive
package import OCIImage
package import OCIRegistry

/// One image for each architecture from an environment, a server and a model.
///
/// For example:
///
///     var build = ImageBuild(environment: environment, fetcher: fetcher)
///     build.servers = [server]
///     build.model = model
///     let (image, report) = try build.run(architecture: "amd64")
package struct ImageBuild: Sendable {
    package var environment: CuratedEnvironment
    /// Where packages and wheels come from, and the cache.
    package var fetcher: EnvironmentFetcher
    /// The server of each architecture.
    package var servers: [ServerExecutable] = []
    package var model: PackedModel?
    package var added: AddedFiles?
    package var settings = ContainerSettings()
    /// The version of the image, for its annotations: the tag.
    package var version: String?
    /// How a base image is fetched.
    package var registryOptions = Registry.Options()

    /// What a build did, for whoever asked for it.
    package struct Report: Sendable {
        /// One layer of the image.
        package struct Layer: Sendable {
            package let descriptor: Descriptor
            package let createdBy: String
            /// Whether it was there before.
            package let isReused: Bool
        }

        package let architecture: String
        package let layers: [Layer]
    }

    /// A build of an environment alone.
    package init(environment: CuratedEnvironment, fetcher: EnvironmentFetcher) {
        self.environment = environment
        self.fetcher = fetcher
    }

    /// Puts the image for an architecture together; nothing is written but to the cache.
    ///
    /// *Throws*: `architecture` when the environment or the server is not for it, and the errors of environments,
    /// downloads, layers and files.
    package func run(architecture: String) throws -> (image: Image, report: Report) {
        let manifest = environment.manifest
        guard manifest.architectures.contains(architecture) else {
            throw ImageBuilderError(
                .architecture,
                at: .item("environment", manifest.name),
                "the environment is not for \(architecture), expected "
                    + manifest.architectures.map { "`\($0)`" }.joined(separator: " or ")
            )
        }
        let base = try baseImage(architecture)
        let made = try EnvironmentLayers(environment, architecture: architecture, fetcher).made()
        let outline = made.outline.over(try base.map { try RootOutline($0.image) } ?? RootOutline())
        var entries = made.entries + (try serverLayers(architecture, outline))
        let cache = LayerCache(store: fetcher.store)
        if let added, !added.isEmpty {
            let inputs = ["added", manifest.compression.rawValue, outline.digest] + added.inputs
            entries += try cache.layers(inputs: inputs) {
                let tree = try added.tree(on: outline)
                let layer = try tree.layer(
                    compression: manifest.compression,
                    createdBy: "mlpack files",
                    in: fetcher.store
                )
                return LayerCache.Made(layers: [layer])
            }.entries
        }
        if let model {
            let layer = try model.tree(on: outline).layer(
                compression: .none,
                createdBy: "mlpack model /\(model.folder)",
                in: fetcher.store
            )
            entries.append(LayerCache.Entry(layer: layer, isReused: false))
        }
        let image = try image(architecture, entries.map(\.layer), on: base)
        let layers = entries.map { entry in
            Report.Layer(
                descriptor: entry.layer.descriptor,
                createdBy: entry.layer.history.createdBy,
                isReused: entry.isReused
            )
        }
        return (image, Report(architecture: architecture, layers: layers))
    }

    private func baseImage(_ architecture: String) throws -> BaseImage? {
        guard let name = environment.manifest.base else { return nil }
        return try BaseImageSource(parsing: name).image(
            for: Platform(operatingSystem: "linux", architecture: architecture),
            store: fetcher.store,
            isOffline: fetcher.downloader.isOffline,
            options: registryOptions
        )
    }

    /// The server alone, so that a new one leaves the rest as it is.
    private func serverLayers(_ architecture: String, _ outline: RootOutline) throws -> [LayerCache.Entry] {
        guard let path = environment.manifest.serverPath else { return [] }
        guard let server = servers.first(where: { $0.architecture == architecture }) else {
            throw ImageBuilderError(
                .architecture,
                at: .item("environment", environment.manifest.name),
                "there is no mlpack-serve for linux/\(architecture)",
                hint: "name one with --server linux/\(architecture)=<path>"
            )
        }
        let compression = environment.manifest.compression
        let inputs = ["server", path, compression.rawValue, outline.digest, server.digest.description]
        return try LayerCache(store: fetcher.store).layers(inputs: inputs) {
            var tree = LayerTree()
            let content = LayerTree.Content.file(FileBlob(path: server.path), byteCount: server.byteCount)
            try outline.add(path, content, mode: 0o755, to: &tree)
            let createdBy = "mlpack server /\(path)"
            let layer = try tree.layer(compression: compression, createdBy: createdBy, in: fetcher.store)
            return LayerCache.Made(layers: [layer])
        }.entries
    }

    private func image(_ architecture: String, _ layers: [ImageLayer], on base: BaseImage?) throws -> Image {
        let labels = try imageLabels(architecture)
        var config = settings.config(environment.manifest, labels)
        config.architecture = architecture
        guard let base else { return Image(config: config, layers: layers, annotations: labels) }
        return Image(
            config: config.overlaid(on: base.config),
            layers: try base.layers() + layers,
            annotations: labels.merging(base.annotations) { $1 }
        )
    }
}

import ArgumentParser
import Environments
import ImageBuilder
import OCIImage

struct EnvironmentBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the layers of an environment, without a model.",
        discussion: """
            Leaves the layers in the cache, from where `mlpack image build` takes them, and writes an image without a \
            model where --output or --push name one. With --offline, all comes from the cache of an earlier build or \
            `mlpack environment lock`.
            """
    )

    @Argument(help: "The environment.")
    var name: String

    @OptionGroup var output: ImageOutputArguments

    @OptionGroup var platforms: PlatformArguments

    @OptionGroup var packages: PackageArguments

    func run() throws {
        let environment = try packages.environment(named: name)
        let servers = try platforms.servers(of: environment)
        var build = ImageBuild(environment: environment, fetcher: try packages.fetcher(for: environment))
        build.registryOptions = output.registry.options()
        build.servers = servers
        build.version = try output.names().first?.tag
        try output.build(build, architectures: try platforms.architectures(of: environment, servers))
    }
}

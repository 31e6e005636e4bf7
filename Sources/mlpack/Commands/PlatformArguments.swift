import ArgumentParser
import Diagnostics
import Environments
import Glibc
import ImageBuilder
import OCIArchive
import OCIImage

/// For which platforms an image is built, and the servers that go into it.
struct PlatformArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The platforms, such as linux/amd64,linux/arm64; by default those of the servers, or this machine's.",
            valueName: "os/architecture"
        )
    )
    var platform: [String] = []

    @Option(
        help: ArgumentHelp(
            "The static mlpack-serve, or that of a platform; by default the one beside mlpack. May be given more than once.",
            valueName: "[os/architecture=]path"
        )
    )
    var server: [String] = []

    /// The architectures to build for.
    ///
    /// *Throws*: for a platform of another system than Linux.
    func architectures(of environment: CuratedEnvironment, _ servers: [ServerExecutable]) throws -> [String] {
        let names = platform.flatMap { $0.split(separator: ",").map(String.init) }
        var architectures = try names.map { name in
            let platform = try Platform(parsing: name)
            guard platform.operatingSystem == "linux" else {
                throw ValidationError("`\(name)` is not supported, expected a platform such as `linux/amd64`")
            }
            return platform.architecture
        }
        if architectures.isEmpty {
            architectures =
                environment.manifest.serverPath == nil
                ? [Platform.ofThisMachine.architecture] : servers.map(\.architecture)
        }
        var seen: Set<String> = []
        return architectures.filter { seen.insert($0).inserted }
    }

    /// The servers that were named, or the one beside mlpack.
    func servers(of environment: CuratedEnvironment) throws -> [ServerExecutable] {
        guard environment.manifest.serverPath != nil else {
            guard let first = server.first else { return [] }
            throw ValidationError(
                "environment `\(environment.manifest.name)` has no server, expected no `--server`, got `\(first)`"
            )
        }
        if server.isEmpty { return [try ServerExecutable(path: try defaultServer())] }
        return try server.map { argument in
            guard let equals = argument.firstIndex(of: "="), argument[..<equals].contains("/"),
                let platform = try? Platform(parsing: String(argument[..<equals]))
            else { return try ServerExecutable(path: argument) }
            let executable = try ServerExecutable(path: String(argument[argument.index(after: equals)...]))
            guard executable.architecture == platform.architecture else {
                throw ImageBuilderError(
                    .architecture,
                    at: .file(executable.path),
                    "the executable is for another machine, expected \(platform.architecture), "
                        + "got \(executable.architecture)"
                )
            }
            return executable
        }
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
}

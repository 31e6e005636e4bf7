package import OCIArchive
package import OCIImage

/// What an image holds besides the model, and how its container runs: the content of `environment.yaml`.
///
/// It names everything and runs nothing: there is no way to give it a command.
package struct EnvironmentManifest: Sendable, Hashable {
    /// A file of the environment's own folder, copied into the image.
    package struct File: Sendable, Hashable {
        /// Relative to the folder of the manifest.
        package let source: String
        package let path: String
        package let permissions: UInt32

        /// A file that goes to a path relative to the root.
        package init(source: String, path: String, permissions: UInt32) {
            self.source = source
            self.path = path
            self.permissions = permissions
        }
    }

    /// A symbolic link, such as those that `update-alternatives` would make.
    package struct Link: Sendable, Hashable {
        package let path: String
        package let target: String
        /// The architecture whose images have it; `nil` for all.
        package let architecture: String?

        /// A link from a path relative to the root.
        package init(path: String, target: String, architecture: String? = nil) {
            self.path = path
            self.target = target
            self.architecture = architecture
        }
    }

    /// Where certificates come from, and the one file they are put together in.
    package struct Certificates: Sendable, Hashable {
        package let package: String
        package let folder: String
        package let bundle: String
    }

    /// A line of `/etc/passwd` or, without home, of `/etc/group`.
    package struct Account: Sendable, Hashable {
        package let name: String
        package let id: Int
        package let home: String
    }

    /// A folder with permissions of its own.
    package struct Folder: Sendable, Hashable {
        package let path: String
        package let permissions: UInt32
        package let userID: Int
        package let groupID: Int
    }

    /// A variable of the container's environment.
    package struct Variable: Sendable, Hashable {
        package let name: String
        package let value: String

        /// A variable.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A path of the server that says or does something.
    package struct Route: Sendable, Hashable {
        package let path: String
        package let port: Int

        /// A path of a port.
        package init(path: String, port: Int) {
            self.path = path
            self.port = port
        }
    }

    /// Where whoever runs the container finds it alive, ready, and asks it for predictions.
    package struct Routes: Sendable, Hashable {
        package var liveness: Route?
        package var readiness: Route?
        package var scoring: Route?
    }

    package var name: String
    package var version: String
    package var description: String
    /// What people say of the environment; what can be derived is not written here.
    package var tags: [Variable] = []
    package var architectures: [String]
    /// An image whose layers stand below, `registry/name@sha256:…`.
    package var base: String?
    /// Where `mlpack-serve` stands, relative to the root; `nil` when the image has none.
    package var serverPath: String?
    package var debian: DebianContents?
    package var python: PythonContents?
    package var files: [File] = []
    package var links: [Link] = []
    /// Patterns of paths that are left out.
    package var drop: [String] = []
    package var certificates: Certificates?
    package var runAs: Int
    package var users: [Account]
    package var groups: [Account]
    package var folders: [Folder] = []
    package var variables: [Variable] = []
    package var entrypoint: [String]
    package var command: [String] = []
    package var workingFolder = "/"
    package var stopSignal = "SIGTERM"
    package var ports: [Int] = []
    package var volumes: [String] = []
    package var healthCheck: HealthCheck?
    package var routes = Routes()
    /// The most layers that the environment is cut into, without the base, the server and the model.
    package var layerBudget = 6
    /// How its layers are stored.
    package var compression = LayerCompression.gzip
    /// Files beside the manifest that are read with it, such as Azure's `conda_file`.
    package var companions: [String] = []
    /// What was read from another tool's manifest and means something else here, in words for its author.
    package var notes: [String] = []
}

/// The Debian packages of an environment.
package struct DebianContents: Sendable, Hashable {
    /// A package that is asked for by name.
    package struct Package: Sendable, Hashable {
        package let name: String
        /// The one version that will do; `nil` for the newest.
        package let version: String?
        /// The files and folders that are taken, relative to the root, without what the package depends on; `nil` for
        /// all of it, and all that it depends on.
        package let keep: [String]?
    }

    package var suites: [String]
    package var components: [String] = ["main"]
    package var packages: [Package]
    /// Packages that are not taken, whoever depends on them.
    package var exclude: [String] = []
    /// Packages whose maintainer scripts may stay unrun.
    package var skipScripts: [String] = []
}

/// The Python packages of an environment.
package struct PythonContents: Sendable, Hashable {
    /// The version that wheels are chosen for, `3.11`.
    package var version: String
    package var interpreter: String
    /// The folder that the modules go to, relative to the root.
    package var site: String
    /// The folder of the programs, relative to the root.
    package var programs = "usr/local/bin"
    /// The newest version of the C library that wheels may ask for, `2.36`.
    package var libc: String
    /// What is asked for, in the form of PEP 508.
    package var requirements: [String]
    /// Projects that are not taken, whoever requires them.
    package var exclude: [String] = []
}

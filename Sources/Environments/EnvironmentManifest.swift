/// What an image holds besides the model, and how its container runs: the content of `environment.yaml`.
///
/// It names everything and runs nothing: there is no way to give it a command.
package struct EnvironmentManifest: Sendable, Hashable {
    /// A Debian package, of which a few files are taken.
    package struct Package: Sendable, Hashable {
        package let name: String
        /// The files and folders that are taken, relative to the root.
        package let keep: [String]
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
    }

    package var name: String
    package var version: String
    package var description: String
    package var architectures: [String]
    /// Where `mlpack-serve` stands, relative to the root.
    package var serverPath: String
    package var suites: [String]
    package var components: [String]
    package var packages: [Package]
    package var certificates: Certificates?
    package var runAs: Int
    package var users: [Account]
    package var groups: [Account]
    package var folders: [Folder]
    package var variables: [Variable]
    package var entrypoint: [String]
    package var command: [String]
    package var workingFolder: String
    package var stopSignal: String
    package var ports: [Int]
}

import Diagnostics
import PythonPackages

extension CuratedEnvironment {
    /// What the lock says of the environment in few words: the versions of Python and of all that was asked for by name.
    ///
    /// *Returns*: such as `python.version` → `3.11.2` and `package.numpy` → `2.4.6`, sorted by name.
    /// *Throws*: the errors of `currentLock`.
    package func derivedTags(_ architecture: String) throws -> [(name: String, value: String)] {
        guard manifest.isLocked, let platform = try currentLock().platform(architecture) else { return [] }
        var tags: [String: String] = [:]
        if let debian = manifest.debian {
            tags["debian.suite"] = debian.suites.first
            for package in debian.packages {
                tags["package.\(package.name)"] = platform.packages.first { $0.name == package.name }?.version
            }
        }
        if let python = manifest.python {
            for requirement in python.requirements {
                guard let name = try? PythonRequirement(parsing: requirement).name else { continue }
                tags["package.\(name)"] = platform.wheels.first { $0.name == name }?.version
            }
        }
        let interpreter = platform.packages.first { $0.name.hasPrefix("python3.") && $0.name.hasSuffix("-minimal") }
        tags["python.version"] = interpreter?.upstreamVersion
        return tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension EnvironmentManifest {
    /// Whether there is anything in it that a lock has to name.
    package var isLocked: Bool { debian != nil || python != nil || !files.isEmpty }
}

import Diagnostics
import Files
import Foundation
import JSON
import TextFormats

/// The files in which Podman, skopeo and Docker keep credentials.
///
/// *Source*: containers-auth.json(5); `docker login`, Credential store and Credential helpers.
package struct CredentialFiles: Sendable {
    /// The files in the order in which they are asked.
    package let paths: [String]
    private let environment: [String: String]

    /// The files that an environment leads to.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        self.environment = environment
        if let only = variable("REGISTRY_AUTH_FILE") {
            paths = [only]
            return
        }
        var paths: [String] = []
        if let folder = variable("XDG_RUNTIME_DIR") { paths.append("\(folder)/containers/auth.json") }
        paths.append("/run/containers/\(getuid())/auth.json")
        let home = variable("HOME")
        if let folder = variable("XDG_CONFIG_HOME") ?? home.map({ $0 + "/.config" }) {
            paths.append("\(folder)/containers/auth.json")
        }
        if let folder = variable("DOCKER_CONFIG") ?? home.map({ $0 + "/.docker" }) {
            paths.append("\(folder)/config.json")
        }
        self.paths = paths
    }

    /// The credential for a repository, from the first file that has one; `nil` when none has.
    ///
    /// *Parameter* domain: the host of the image's name, with its port: `docker.io`, `localhost:5000`.
    /// *Throws*: `credentials` when a file is malformed, or a helper ends with an error.
    package func credential(domain: String, repository: String) throws -> Credential? {
        for path in paths where fileByteCount(path) != nil {
            do {
                let json = try JSONValue.parse(readFile(path, limit: 4 << 20))
                if let found = try credential(in: json, domain: domain, repository: repository) { return found }
            } catch let error as any Diagnostic {
                throw error.within(.file(path))
            }
        }
        return nil
    }

    private func credential(in json: JSONValue, domain: String, repository: String) throws -> Credential? {
        let names = Self.serverNames(domain)
        for name in names {
            guard let helper = json["credHelpers"]?[name]?.string else { continue }
            return try CredentialProgram(name: helper, environment: environment).credential(server: name)
        }
        if let helper = json["credsStore"]?.string, !helper.isEmpty {
            let helper = try CredentialProgram(name: helper, environment: environment)
            for name in names {
                if let found = try helper.credential(server: name) { return found }
            }
        }
        let entries = json["auths"]?.object?.members ?? []
        for key in Self.keys(names, repository: repository) {
            for entry in entries where Self.normalised(entry.key) == key {
                if let found = try Self.credential(entry.value, key: entry.key) { return found }
            }
        }
        return nil
    }

    /// The names that a host goes by; Docker Hub has several.
    private static func serverNames(_ domain: String) -> [String] {
        domain == "docker.io" ? ["https://index.docker.io/v1/", "index.docker.io", "docker.io"] : [domain]
    }

    /// What may stand in front of a credential, the most specific first: `quay.io/acme/iris`, `quay.io/acme`, `quay.io`.
    private static func keys(_ names: [String], repository: String) -> [String] {
        var keys: [String] = []
        var parts = repository.split(separator: "/")
        while !parts.isEmpty {
            keys += names.map { normalised($0) + "/" + parts.joined(separator: "/") }
            parts.removeLast()
        }
        return keys + names.map(normalised)
    }

    /// A key without scheme; with one, also without the path, which Docker puts behind its hosts.
    private static func normalised(_ key: String) -> String {
        for scheme in ["https://", "http://"] where key.hasPrefix(scheme) {
            return String(key.dropFirst(scheme.count).prefix { $0 != "/" })
        }
        return key
    }

    private static func credential(_ json: JSONValue, key: String) throws -> Credential? {
        func text(_ name: String) -> String? { json[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        if let token = text("identitytoken") { return .identityToken(token) }
        if let token = text("registrytoken") { return .registryToken(token) }
        if let user = text("username"), let password = text("password") {
            return .basic(user: user, password: password)
        }
        guard let encoded = text("auth") else { return nil }
        guard let decoded = base64Decoded(encoded), let colon = decoded.firstIndex(of: UInt8(ascii: ":")) else {
            throw RegistryError(
                .credentials,
                at: .item("credential", key),
                "`auth` has another form, expected the base64 form of `user:password`"
            )
        }
        let password = decoded[(colon + 1)...].prefix { $0 != 0 }
        return .basic(
            user: String(decoding: decoded[..<colon], as: UTF8.self),
            password: String(decoding: password, as: UTF8.self)
        )
    }
}

import Diagnostics
import Foundation
import JSON

/// A program that keeps credentials: `docker-credential-<name>`.
///
/// *Source*: github.com/docker/docker-credential-helpers: `get` with the server on the standard input.
struct CredentialProgram {
    private let program: String
    private let path: String
    private let environment: [String: String]

    /// Finds the program.
    ///
    /// *Throws*: `credentials` when it is not on the path, or the name could be a path.
    init(name: String, environment: [String: String]) throws(RegistryError) {
        let program = "docker-credential-\(name)"
        guard name.utf8.allSatisfy({ byte in isalnum(Int32(byte)) != 0 || "-_.".utf8.contains(byte) }) else {
            throw RegistryError(.credentials, "the name of the credential helper holds other characters, got `\(name)`")
        }
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let paths = folders.map { folder -> String in "\(folder)/\(program)" }
        guard let path = paths.first(where: { access($0, X_OK) == 0 }) else {
            throw RegistryError(.credentials, "the credential helper `\(program)` is not on the PATH")
        }
        self.program = program
        self.path = path
        self.environment = environment
    }

    /// What the program keeps for a server; `nil` when it has nothing.
    ///
    /// *Throws*: `credentials` when it ends with another error; what it prints is not shown.
    func credential(server: String) throws -> Credential? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["get"]
        process.environment = environment
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // The name is shorter than what a pipe holds: nothing waits for the program to read it.
        try input.fileHandleForWriting.write(contentsOf: Data(server.utf8))
        do { try process.run() } catch {
            throw RegistryError(.credentials, "the credential helper `\(program)` does not start")
        }
        try input.fileHandleForWriting.close()
        let printed = [UInt8](try output.fileHandleForReading.read(upToCount: 1 << 16) ?? Data())
        try output.fileHandleForReading.close()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            if String(decoding: printed, as: UTF8.self).contains("credentials not found") { return nil }
            throw RegistryError(
                .credentials,
                "the credential helper `\(program)` ended with status \(process.terminationStatus)"
            )
        }
        guard let json = try? JSONValue.parse(printed), let user = json["Username"]?.string,
            let secret = json["Secret"]?.string
        else {
            throw RegistryError(
                .credentials,
                "the credential helper `\(program)` printed something else, expected `Username` and `Secret`"
            )
        }
        return user == "<token>" ? .identityToken(secret) : .basic(user: user, password: secret)
    }
}

import ContentStore
import Diagnostics
import Files
import Glibc

private let gpgvPath = "/usr/bin/gpgv"

/// The text of an `InRelease` file once `gpgv` accepted its signature.
///
/// *Parameter* keyrings: the keys that may have signed it.
/// *Throws*: `signature` with what `gpgv` says, or when there is no `gpgv`.
func verifiedText(of signed: [UInt8], name: String, keyrings: [String]) throws -> [UInt8] {
    guard access(gpgvPath, X_OK) == 0 else {
        throw DebianPackagesError(
            .signature,
            at: .file(name),
            "there is no `gpgv` to verify the signature with, expected it at `\(gpgvPath)`",
            hint: "install the package gpgv"
        )
    }
    var template = Array("/tmp/mlpack-release.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError(errno: errno, "creating", path: "/tmp") }
    let folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    let (input, output, words) = (folder + "/InRelease", folder + "/text", folder + "/words")
    defer {
        for path in [input, output, words] { unlink(path) }
        rmdir(folder)
    }
    try writeFile(input, signed)
    let arguments = ["--quiet"] + keyrings.flatMap { ["--keyring", $0] } + ["--output", output, input]
    let status = try run(gpgvPath, arguments, errorsTo: words)
    guard status == 0 else {
        let lines = (try? readFile(words, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = lines.split(separator: "\n").last.map(String.init) ?? "exit status \(status)"
        throw DebianPackagesError(.signature, at: .file(name), "the signature is not good: \(line)")
    }
    return try readFile(output, limit: 16 << 20)
}

/// The keys that sign a repository: the one its source names, or the machine's own.
func keyrings(for source: AptSource) -> [String] {
    if let keyring = source.keyring { return [keyring] }
    let folder = "/etc/apt/trusted.gpg.d"
    let names = ((try? folderNames(folder)) ?? []).filter { $0.hasSuffix(".gpg") || $0.hasSuffix(".asc") }
    let archive = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return names.map { "\(folder)/\($0)" } + (access(archive, R_OK) == 0 ? [archive] : [])
}

/// Runs a program and waits for it; its exit status, or 128 and the signal that ended it.
private func run(_ path: String, _ arguments: [String], errorsTo errors: String) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, path, &actions, nil, &words, environ)
    guard code == 0 else { throw FileError(errno: code, "starting", path: path) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
        guard errno == EINTR else { throw FileError(errno: errno, "waiting for", path: path) }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
}

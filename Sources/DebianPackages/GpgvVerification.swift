import ContentStore
import Diagnostics
import Files
import Glibc

private let gpgvPath = "/usr/bin/gpgv"

/// The text of an `InRelease` file once `gpgv` accepted its signature.
///
/// *Parameter* keyrings: the keys that may have signed it.
/// *Throws*: `signature` with what `gpgv` says, when there is no `gpgv`, or no keyring; `unsupported`
/// for keys that are named by fingerprint.
func verifiedText(of signed: [UInt8], name: String, keyrings: [Keyring]) throws -> [UInt8] {
    let head = "-----BEGIN PGP SIGNED MESSAGE-----"
    guard String(decoding: signed.prefix(4096), as: UTF8.self).contains(head) else {
        throw DebianPackagesError(
            .signature,
            at: .file(name),
            "the file has no signature, expected one in it as `\(head)`"
        )
    }
    guard access(gpgvPath, X_OK) == 0 else {
        throw DebianPackagesError(
            .signature,
            at: .file(name),
            "there is no `gpgv` to verify the signature with, expected it at `\(gpgvPath)`",
            hint: "install the package gpgv"
        )
    }
    // Without one, `gpgv` looks for keys in the home of whoever runs this.
    guard !keyrings.isEmpty else {
        throw DebianPackagesError(
            .signature,
            at: .file(name),
            "there is no keyring to hold the signature against, expected one in `/etc/apt/trusted.gpg.d`",
            hint: "install the package debian-archive-keyring"
        )
    }
    let keys = try keyrings.map { try $0.bytes() }
    var template = Array("/tmp/mlpack-release.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError(errno: errno, "creating", path: "/tmp") }
    let folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    let (input, output, words) = (folder + "/InRelease", folder + "/text", folder + "/words")
    let rings = keys.indices.map { "\(folder)/keys-\($0).gpg" }
    defer {
        for path in [input, output, words] + rings { unlink(path) }
        rmdir(folder)
    }
    try writeFile(input, signed)
    for (path, bytes) in zip(rings, keys) { try writeFile(path, bytes) }
    let arguments = ["--quiet"] + rings.flatMap { ["--keyring", $0] } + ["--output", output, input]
    let status = try run(gpgvPath, arguments, errorsTo: words)
    guard status == 0 else {
        let lines = (try? readFile(words, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = lines.split(separator: "\n").last.map(String.init) ?? "exit status \(status)"
        throw DebianPackagesError(.signature, at: .file(name), "the signature is not good: \(line)")
    }
    return try readFile(output, limit: 16 << 20)
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

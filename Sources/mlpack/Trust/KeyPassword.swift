import Diagnostics
import Files
import Glibc
import Signing

/// The password of a private key: `$COSIGN_PASSWORD`, else what is typed, else the first line of a pipe.
///
/// *Parameter* isNew: whether it is for a new key, so that it is typed twice.
/// *Throws*: `password` when two different ones were typed, and the errors of files.
func keyPassword(isNew: Bool = false) throws -> [UInt8] {
    if let value = getenv("COSIGN_PASSWORD") { return Array(String(cString: value).utf8) }
    guard isatty(STDIN_FILENO) == 1 else { return try firstLine() }
    let password = try typed(isNew ? "Password for the new key: " : "Password for the key: ")
    guard try !isNew || typed("The same again: ") == password else {
        throw SigningError(.password, "the two passwords differ")
    }
    return password
}

/// What is typed, without showing it.
private func typed(_ prompt: String) throws -> [UInt8] {
    var shown = termios()
    guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return try firstLine() }
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
        standardError("")
    }
    _ = prompt.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    return try firstLine()
}

private func firstLine() throws -> [UInt8] {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 4096 {
        let count = read(STDIN_FILENO, &byte, 1)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileError(errno: errno, "reading", path: "/dev/stdin") }
        guard count > 0, byte != UInt8(ascii: "\n") else { return line }
        line.append(byte)
    }
    throw SigningError(.password, "the password is too long, expected at most 4096 bytes")
}

/// The private key of a file.
///
/// *Throws*: the errors of keys and files.
func signingKey(_ path: String) throws -> SigningKey {
    let text = try readFile(path, limit: 1 << 16)
    do { return try SigningKey(parsing: text) { try keyPassword() } } catch let error as SigningError {
        throw error.within(.file(path))
    }
}

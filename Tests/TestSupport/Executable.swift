import Foundation

/// What a command printed, and how it ended.
package struct CommandResult: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String
    /// The signal that ended the command, if one did.
    package let signal: Int32?
}

/// Runs an executable of this package, which lies beside the one that runs the tests.
///
/// *Parameter* shell: words of shell to put before it, as in `ulimit -f 1;`.
package func runExecutable(
    _ name: String,
    _ arguments: [String],
    input: [UInt8] = [],
    folder: String? = nil,
    environment: [String: String] = [:],
    shell: String = ""
) throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", shell + " exec \"$0\" \"$@\"", executablePath(name)] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }

    // Files, not pipes: nothing blocks, however much is printed.
    let scratch = try TemporaryFolder()
    let paths = (input: scratch.file("input"), output: scratch.file("output"), errors: scratch.file("errors"))
    try Data(input).write(to: URL(fileURLWithPath: paths.input))
    for path in [paths.output, paths.errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.standardInput = FileHandle(forReadingAtPath: paths.input)
    process.standardOutput = FileHandle(forWritingAtPath: paths.output)
    process.standardError = FileHandle(forWritingAtPath: paths.errors)
    try process.run()
    process.waitUntilExit()
    return CommandResult(
        status: process.terminationStatus,
        output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: paths.output)), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: paths.errors)), as: UTF8.self),
        signal: process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil
    )
}

/// The path of an executable of this package.
package func executablePath(_ name: String) -> String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent + "/" + name
}

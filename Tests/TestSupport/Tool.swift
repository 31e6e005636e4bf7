import Foundation

/// Runs a program of the machine, such as `tar`, by a line of shell; `$1`… are the arguments.
package func runTool(_ line: String, _ arguments: [String] = [], folder: String? = nil) throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line, "sh"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let scratch = try TemporaryFolder()
    let paths = (output: scratch.file("output"), errors: scratch.file("errors"))
    for path in [paths.output, paths.errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.standardInput = FileHandle.nullDevice
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

/// Whether a program of the machine is there to be the oracle of a test; where `CI` is set it has to be.
package func hasTool(_ name: String) -> Bool {
    if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
    return (try? runTool("command -v \"$1\"", [name]).status == 0) ?? false
}

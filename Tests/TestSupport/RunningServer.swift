package import Foundation

/// A server of this package that runs until it is told to end.
package final class RunningServer {
    package let process = Process()
    /// The first line on standard error.
    package let readyLine: String
    private let errors = Pipe()

    /// Starts a server, and waits for its first line.
    ///
    /// *Parameter* program: `mlpack-serve`, or `mlpack` with `serve` as its first argument.
    package init(_ arguments: [String], program: String = "mlpack-serve") throws {
        process.executableURL = URL(fileURLWithPath: executablePath(program))
        process.arguments = arguments
        process.standardError = errors
        try process.run()
        readyLine = try Self.line(of: errors)
    }

    private static func line(of pipe: Pipe) throws -> String {
        var line: [UInt8] = []
        while let byte = try pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// The next line on standard error, perhaps after a signal.
    package func line(after signal: CInt? = nil) throws -> String {
        if let signal { kill(process.processIdentifier, signal) }
        return try Self.line(of: errors)
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// How the process ends after a signal.
    package func end(_ signal: CInt) -> (status: Int32, reason: Process.TerminationReason) {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return (process.terminationStatus, process.terminationReason)
    }
}

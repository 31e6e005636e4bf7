import Foundation

/// `Tests/support/faulty_registry.py` for the time of a test: a registry on the loopback that breaks as it is told.
package final class FaultyRegistry {
    private let folder: TemporaryFolder
    /// The registry ends with its standard input.
    private let input = Pipe()
    /// The host and the port: `127.0.0.1:5000`.
    package let address: String

    /// Starts the registry; `nil` where there is no Python.
    package init?(_ faults: String...) throws {
        guard hasTool("python3") else { return nil }
        folder = try TemporaryFolder()
        let started = Process()
        started.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        started.arguments =
            ["python3", repositoryRoot + "/Tests/support/faulty_registry.py", folder.path, "with-stdin"] + faults
        started.standardInput = input
        started.standardOutput = FileHandle.nullDevice
        started.standardError = FileHandle.nullDevice
        try started.run()
        let path = folder.file("address")
        for _ in 0..<600 where !FileManager.default.fileExists(atPath: path) { usleep(50_000) }
        address = try String(contentsOfFile: path, encoding: .utf8)
    }

    deinit { try? input.fileHandleForWriting.close() }

    /// Replaces the faults.
    package func set(_ faults: String...) throws {
        // The same text twice counts as one, so that counted faults are not renewed by a request.
        let text = faults.joined(separator: "\n") + "\n#\(UInt32.random(in: 0 ... .max))"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("control")))
    }

    /// A line for each request so far: `PUT /v2/iris/manifests/1 201 523 auth`.
    package var requests: [String] {
        let text = (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }
}

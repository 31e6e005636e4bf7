import ArgumentParser
import InferenceEngine

/// What the runs of a command may take of the machine.
struct RunLimits: ParsableArguments {
    @Option(help: ArgumentHelp("Threads that a run takes.", valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Memory that the values of a run may take; unless it is given 8 GiB, and 2 GiB for a tensor.",
            valueName: "bytes"
        )
    )
    var maxMemory: Int?

    func validate() throws {
        for (name, value) in [("--threads", threads), ("--max-memory", maxMemory)] {
            guard let value, value < 1 else { continue }
            throw ValidationError("`\(name)` is \(value), expected 1 or more")
        }
        if let threads, threads > 1024 { throw ValidationError("`--threads` is \(threads), expected at most 1024") }
    }
}

extension InferenceOptions {
    /// Takes over what the command line says; what it does not say stays as it is.
    mutating func apply(_ limits: RunLimits) {
        if let maxMemory = limits.maxMemory { self.limits.boundMemory(to: maxMemory) }
        if let threads = limits.threads { threadCount = threads }
    }
}

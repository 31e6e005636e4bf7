import InferenceEngine

// What the benchmark takes from the engine's threads and plans, each in one line.

extension InferenceOptions {
    /// Threads that a run takes: as many as asked for.
    mutating func useThreads(_ count: Int?) -> Int {
        // CONNECT: `threadCount = count ?? threadCount; return threadCount`
        count ?? 1
    }
}

extension InferenceSession {
    /// Bytes of the arena that the runs share.
    var arenaByteCountOfRuns: Int {
        // CONNECT: `arenaByteCount`
        0
    }
}

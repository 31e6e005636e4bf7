import InferenceEngine

// What the benchmark takes from the engine's threads and plans, each in one line.

extension InferenceOptions {
    /// Threads that a run takes: as many as asked for.
    mutating func useThreads(_ count: Int?) -> Int {
        threadCount = count ?? threadCount
        return threadCount ?? Self.usableProcessorCount
    }
}

extension InferenceSession {
    /// Bytes of the arena that the runs share.
    var arenaByteCountOfRuns: Int {
        arenaByteCount
    }
}

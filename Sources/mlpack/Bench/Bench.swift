import Glibc
import InferenceEngine
import OnnxIR

/// Runs a session again and again, and takes the time of each run.
struct Bench {
    /// Nanoseconds after which no run starts.
    let duration: Int
    /// Runs after which none starts.
    let runLimit: Int

    /// What was measured, in nanoseconds.
    struct Times {
        /// The first run, which makes the plan.
        var first: Int
        /// The runs after it, shortest first; one at least.
        var runs: [Int]
        /// Bytes of the process in memory before times were kept.
        var residentByteCount: Int
    }

    /// Runs once to make the plan, for a tenth of the duration unmeasured, then measures.
    ///
    /// *Throws*: what a run throws.
    func measure(_ session: InferenceSession, _ values: [String: Value]) throws(EngineError) -> Times {
        let names = session.outputs.map(\.name)
        let run = { () throws(EngineError) -> (start: Int, end: Int) in
            let start = monotonicNanoseconds()
            _ = try session.run(values, outputs: names)
            return (start, monotonicNanoseconds())
        }
        let first = try run()
        let warm = first.end + duration / 10
        for _ in 1..<max(2, runLimit / 10) {
            guard try run().end < warm else { break }
        }
        let residentByteCount = residentByteCountOfProcess()
        var progress = BenchProgress()
        defer { progress.finish() }
        var times: [Int] = []
        let started = monotonicNanoseconds()
        while times.count < runLimit {
            let (start, end) = try run()
            times.append(end - start)
            guard end - started < duration else { break }
            progress.show(end - started, of: duration)
        }
        times.sort()
        return Times(first: first.end - first.start, runs: times, residentByteCount: residentByteCount)
    }
}

/// Nanoseconds of a clock that nobody sets.
func monotonicNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

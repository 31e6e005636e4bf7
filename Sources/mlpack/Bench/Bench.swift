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
    /// Inputs and outputs are bound to memory where the plan is one segment of kernels.
    ///
    /// *Throws*: what a run throws.
    func measure(_ session: InferenceSession, _ values: [String: Value]) throws(EngineError) -> Times {
        let names = session.outputs.map(\.name)
        let started = monotonicNanoseconds()
        _ = try session.run(values, outputs: names)
        let first = monotonicNanoseconds() - started
        let prepared = try session.prepare(values)
        let run = { () throws(EngineError) -> (start: Int, end: Int) in
            let start = monotonicNanoseconds()
            if let prepared { try prepared.run() } else { _ = try session.run(values, outputs: names) }
            return (start, monotonicNanoseconds())
        }
        let warm = started + first + duration / 10
        for _ in 1..<max(2, runLimit / 10) {
            guard try run().end < warm else { break }
        }
        let residentByteCount = residentByteCountOfProcess()
        var progress = ProgressLine()
        defer { progress.finish() }
        var times: [Int] = []
        let measured = monotonicNanoseconds()
        while times.count < runLimit {
            let (start, end) = try run()
            times.append(end - start)
            guard end - measured < duration else { break }
            progress.show("measuring", end - measured, of: duration)
        }
        times.sort()
        return Times(first: first, runs: times, residentByteCount: residentByteCount)
    }
}

/// Nanoseconds of a clock that nobody sets.
func monotonicNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

import Glibc

/// Nanoseconds on a clock that never goes back, and that nobody sets.
package func monotonicNanoseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
}

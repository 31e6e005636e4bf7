import Glibc

/// How long each step of a run took.
package final class RunProfile {
    /// One step.
    package struct Event: Sendable {
        /// The kernel, or the operator that the interpreter ran.
        package let label: String
        /// The node that it comes from.
        package let place: String
        /// Nanoseconds on a clock that never goes back.
        package let start: UInt64
        package let end: UInt64
        /// Multiplications and additions of floats; 0 where they are not counted.
        package let floatingPointOperationCount: Int
        /// Bytes of the operands.
        package let byteCount: Int
    }

    package private(set) var events: [Event] = []

    /// A profile without events.
    package init() {}

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    func note(_ label: String, _ place: String, since start: UInt64, operations: Int = 0, byteCount: Int = 0) {
        events.append(
            Event(
                label: label,
                place: place,
                start: start,
                end: Self.now(),
                floatingPointOperationCount: operations,
                byteCount: byteCount
            )
        )
    }
}

import Glibc

/// A time that clocks being set do not change, in nanoseconds.
package func monotonicNanoseconds() -> Int { nanoseconds(of: CLOCK_MONOTONIC) }

/// The time since 1970, in nanoseconds.
package func nanosecondsSince1970() -> Int { nanoseconds(of: CLOCK_REALTIME) }

private func nanoseconds(of clock: clockid_t) -> Int {
    var now = timespec()
    clock_gettime(clock, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// A time in UTC with milliseconds: `2026-07-01T12:00:00.123Z`.
///
/// *Parameter* nanoseconds: since 1970.
/// *Source*: RFC 3339.
package func timestamp(_ nanoseconds: Int) -> String {
    var seconds = nanoseconds / 1_000_000_000
    var date = tm()
    gmtime_r(&seconds, &date)
    let digits = { (number: Int, width: Int) in
        let text = "\(number)"
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    let day = [(Int(date.tm_year) + 1900, 4), (Int(date.tm_mon) + 1, 2), (Int(date.tm_mday), 2)]
    let clock = [date.tm_hour, date.tm_min, date.tm_sec].map { digits(Int($0), 2) }
    return day.map { digits($0.0, $0.1) }.joined(separator: "-") + "T" + clock.joined(separator: ":") + "."
        + digits(nanoseconds / 1_000_000 % 1000, 3) + "Z"
}

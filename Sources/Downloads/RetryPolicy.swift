import Glibc

/// How often a request is repeated that met a broken connection or a busy server, and how long is waited in between.
package struct RetryPolicy: Sendable, Hashable {
    /// How often a request is made at the most, at least 1.
    package let attemptCount: Int
    /// The answers of servers that may give another one later.
    static let passingStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]
    /// The wait before the second attempt, in seconds; each further one doubles it.
    package var firstDelay: Double
    /// The longest wait that is kept, in seconds, whatever a server asks for.
    package var longestDelay: Double

    /// A policy; the default gives a server half a minute in total.
    package init(attemptCount: Int = 6, firstDelay: Double = 0.5, longestDelay: Double = 120) {
        self.attemptCount = max(1, attemptCount)
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
    }

    /// Whether another attempt may be granted after this answer.
    package func isWorthRepeating(_ response: HTTPResponse) -> Bool {
        Self.passingStatuses.contains(response.status)
    }

    /// The seconds before the next attempt: what the server asks for, or the back-off with a random part; `nil` when the
    /// server asks for more than is kept.
    package func delay(afterAttempt attempt: Int, _ response: HTTPResponse?, now: Int = time(nil)) -> Double? {
        if let asked = response?["retry-after"].flatMap({ retryAfterSeconds($0, now: now) }) {
            return asked <= longestDelay ? asked : nil
        }
        let doubled = firstDelay * Double(1 << min(attempt - 1, 16))
        return min(doubled, longestDelay) * Double.random(in: 0.75...1.25)
    }

    /// Waits before the next attempt, where a connection broke or the server did not say how long.
    package func wait(afterAttempt attempt: Int) { sleepSeconds(delay(afterAttempt: attempt, nil) ?? 0) }
}

/// The seconds that a `Retry-After` asks for: a number, or a date.
///
/// *Source*: RFC 9110, section 10.2.3.
private func retryAfterSeconds(_ text: String, now: Int) -> Double? {
    if let seconds = Int(text) { return seconds >= 0 ? Double(seconds) : nil }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]), let year = Int32(words[3]),
        (1970...9999).contains(year), let month = months.firstIndex(of: words[2])
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }), (1...31).contains(day) else { return nil }
    var date = tm()
    (date.tm_year, date.tm_mon, date.tm_mday) = (year - 1900, Int32(month), day)
    (date.tm_hour, date.tm_min, date.tm_sec) = (clock[0], clock[1], clock[2])
    return Double(max(0, timegm(&date) - now))
}

/// Waits.
package func sleepSeconds(_ seconds: Double) {
    guard seconds > 0 else { return }
    var wait = timespec(tv_sec: Int(seconds), tv_nsec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1e9))
    var rest = timespec()
    while nanosleep(&wait, &rest) != 0, errno == EINTR { wait = rest }
}

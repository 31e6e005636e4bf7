import Diagnostics
import JSON

/// How a container says that it is well.
///
/// *Source*: OCI image specification 1.1, config.md, which reserves `Healthcheck`; Docker's `HealthcheckConfig`, whose times
/// are nanoseconds.
package struct HealthCheck: Sendable, Hashable {
    /// `CMD` and the words of a command, `CMD-SHELL` and a line for a shell, or `NONE` alone.
    package var test: [String]
    /// The time between checks, in nanoseconds; Docker's own when it is `nil`.
    package var interval: Int?
    /// The time that a check may take, in nanoseconds.
    package var timeout: Int?
    /// The time in which failures do not count, in nanoseconds.
    package var startPeriod: Int?
    /// How many checks in a row have to fail.
    package var retries: Int?

    /// The check that runs a command, without a shell.
    package init(
        command: [String],
        interval: Int? = nil,
        timeout: Int? = nil,
        startPeriod: Int? = nil,
        retries: Int? = nil
    ) {
        test = ["CMD"] + command
        self.interval = interval
        self.timeout = timeout
        self.startPeriod = startPeriod
        self.retries = retries
    }

    /// Reads a check.
    ///
    /// *Throws*: `malformed`.
    init(_ json: JSONValue) throws(OCIImageError) {
        let fields = Fields(json, in: "health check")
        test = try fields.texts("Test")
        interval = try fields.number("Interval")
        timeout = try fields.number("Timeout")
        startPeriod = try fields.number("StartPeriod")
        retries = try fields.number("Retries")
    }

    /// The check as it stands in a config.
    var json: JSONValue {
        var object: JSONObject = ["Test": .array(test.map { .string($0) })]
        let numbers = [
            ("Interval", interval), ("Timeout", timeout), ("StartPeriod", startPeriod), ("Retries", retries),
        ]
        for (key, number) in numbers {
            if let number { object[key] = .number(JSONNumber(number)) }
        }
        return .object(object)
    }
}

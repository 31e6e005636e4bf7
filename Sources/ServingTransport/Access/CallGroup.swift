/// What calls have to do with, by which keys are given out.
package enum CallGroup: String, Sendable, Hashable, CaseIterable {
    /// Whether the server and its models answer, and what shows nothing of them: for everybody.
    case open
    /// Having models compute.
    case inference
    /// What models there are and what they have done.
    case metadata
    /// Changing what is served, and settings.
    case admin
    /// Counters for Prometheus.
    case metrics
}

import ServingCore

extension MetricsText {
    /// What became of the requests that shadows computed a second time.
    mutating func addShadows(_ shadows: [(name: String, shadow: ShadowTraffic)]) {
        guard !shadows.isEmpty else { return }
        let name = "mlpack_shadow_requests_total"
        begin(name, "counter", "Requests that a shadow was given, by what its answer was beside the client's")
        for (_, shadow) in shadows {
            let counts = shadow.counted
            let outcomes = [
                ("equal", counts.equal), ("different", counts.different), ("failed", counts.failed),
                ("dropped", counts.dropped),
            ]
            for (outcome, count) in outcomes {
                add("\(name){\(Self.labels(of: shadow.target)),outcome=\"\(outcome)\"}", "\(count)")
            }
        }
    }
}

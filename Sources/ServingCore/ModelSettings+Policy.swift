import Scheduling

extension ModelSettings {
    /// How threads take the requests of a model with these settings.
    ///
    /// *Parameter* isBatched: whether the first axis of its inputs and outputs is that of a batch.
    func policy(isBatched: Bool) -> WorkPolicy {
        var policy = WorkPolicy()
        policy.runLimit = instanceCount.map { max(1, $0) }
        policy.waitingLimit = maximumQueue
        guard isBatched, let batching, batching.maximumRows > 1 else { return policy }
        var together = WorkPolicy.Batching(maximumSize: batching.maximumRows)
        together.preferredSizes = batching.preferredRows.filter { 1...batching.maximumRows ~= $0 }.sorted()
        together.maximumDelay = max(0, batching.maximumDelay)
        policy.batching = together
        return policy
    }

    /// The level of a request: 0 comes first.
    ///
    /// *Parameter* priority: what the request asks for: 1 is the highest; 0, and what is beyond the levels that there are,
    /// stands for the model's default.
    ///
    /// *Source*: Triton, Schedule Policy Extension; `model_config.proto`, `ModelDynamicBatching`.
    package func level(ofPriority priority: Int) -> Int {
        guard let priorities else { return 0 }
        let asked = 1...max(1, priorities.levelCount) ~= priority ? priority : priorities.defaultLevel
        return min(max(asked, 1), max(1, priorities.levelCount)) - 1
    }
}

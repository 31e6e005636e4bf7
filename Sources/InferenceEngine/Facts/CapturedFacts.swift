/// What is known of the values that a node's subgraphs use, and how much more may be inferred through them.
struct CapturedFacts {
    let facts: [Facts]
    let budget: InferenceBudget

    init(_ facts: [Facts], budget: InferenceBudget = InferenceBudget()) {
        self.facts = facts
        self.budget = budget
    }

    static var none: CapturedFacts { CapturedFacts([]) }
}

/// How many nodes of subgraphs may be looked at in one inference.
///
/// A body is inferred again for each change of its states, and so are the bodies in it: without a bound the work would
/// double with each level.
final class InferenceBudget {
    private var nodeCount = 1 << 15

    /// Takes the nodes of a body; whether there were enough left.
    func take(_ count: Int) -> Bool {
        guard count <= nodeCount else { return false }
        nodeCount -= count
        return true
    }
}

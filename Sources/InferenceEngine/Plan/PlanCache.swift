import OnnxIR

/// What a plan is made for: which inputs are fed, with which types and shapes, and which outputs are asked for.
struct PlanKey: Hashable {
    let inputs: [String]
    let types: [ValueType]
    let outputs: [String]
}

/// The plans that were used last.
struct PlanCache {
    private let capacity: Int
    private var plans: [PlanKey: (plan: Plan, lastUse: Int)] = [:]
    private var clock = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { plans.count }
    var all: [Plan] { plans.values.map(\.plan) }

    mutating func plan(for key: PlanKey) -> Plan? {
        clock += 1
        plans[key]?.lastUse = clock
        return plans[key]?.plan
    }

    /// Keeps a plan, and drops the one that was not used for the longest time when there are too many.
    mutating func insert(_ plan: Plan, for key: PlanKey) {
        clock += 1
        plans[key] = (plan, clock)
        guard plans.count > capacity, let oldest = plans.min(by: { $0.value.lastUse < $1.value.lastUse }) else {
            return
        }
        plans[oldest.key] = nil
    }
}

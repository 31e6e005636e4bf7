package import FeatureStatistics
import Synchronization
import Tensors

/// What the inputs of a model look like lately, beside what they looked like when it was made.
///
/// Memory is bounded by the features of the reference; values beyond a count for each second go unseen, as do those that
/// come while another request is looked at.
package final class DriftMonitor: Sendable {
    /// How long values are taken into account, in nanoseconds: at least that long, and at most a part of it longer.
    package static let span = 3_600_000_000_000
    /// The parts in which old values are forgotten.
    private static let partCount = 6
    /// The most values that are looked at in a second.
    private static let valuesPerSecond = 1 << 20

    /// A feature lately, and its reference.
    package struct Feature: Sendable {
        package let reference: ReferenceStatistics.Feature
        package fileprivate(set) var summary = FeatureSummary()
        package fileprivate(set) var counts: [Int]

        fileprivate init(_ reference: ReferenceStatistics.Feature) {
            self.reference = reference
            counts = [Int](repeating: 0, count: reference.counts.count)
        }

        /// The population stability index; `nil` for less than 100 values.
        package var stabilityIndex: Double? {
            summary.count < 100 ? nil : populationStabilityIndex(counts, from: reference.counts)
        }

        fileprivate mutating func add(_ value: Double) {
            summary.add(value)
            if !counts.isEmpty, value.isFinite { counts[bin(of: value, among: reference.edges)] &+= 1 }
        }

        fileprivate mutating func merge(_ other: Feature) {
            summary.merge(other.summary)
            for index in counts.indices { counts[index] &+= other.counts[index] }
        }
    }

    /// The features of all inputs, lately.
    package struct Snapshot: Sendable {
        /// Each input with its features in the order of the columns.
        package fileprivate(set) var inputs: [(name: String, features: [Feature])]
    }

    private struct Part {
        let start: Int
        /// The features of each input of the reference.
        var inputs: [[Feature]]
    }

    private struct State {
        var parts: [Part] = []
        var second = 0
        var budget = valuesPerSecond
    }

    private let reference: ReferenceStatistics
    private let state = Mutex(State())

    /// A monitor that has seen nothing.
    package init(_ reference: ReferenceStatistics) { self.reference = reference }

    /// Looks at the inputs of a request, when there is time.
    ///
    /// *Parameter* now: in monotonic nanoseconds.
    package func observe(_ inputs: [NamedTensor], at now: Int) {
        // A request waits for no other one.
        _ = state.withLockIfAvailable { state in
            begin(now, &state)
            let last = state.parts.count - 1
            for named in inputs {
                guard let index = reference.inputs.firstIndex(where: { $0.name == named.name }),
                    let shape = FeatureShape(named.tensor.shape), shape.columns > 0,
                    shape.columns == reference.inputs[index].features.count
                else { continue }
                let rows = min(shape.rows, state.budget / shape.columns)
                guard rows > 0 else { continue }
                state.budget -= rows * shape.columns
                _ = forEachFeature(of: named.tensor, rows: rows) { column, value in
                    state.parts[last].inputs[index][column].add(value)
                }
            }
        }
    }

    /// What was seen lately.
    ///
    /// *Parameter* now: in monotonic nanoseconds.
    package func snapshot(at now: Int) -> Snapshot {
        let parts = state.withLock { state in
            forget(now, &state)
            return state.parts
        }
        var inputs = reference.inputs.map { ($0.name, $0.features.map { Feature($0) }) }
        for part in parts {
            for (index, features) in part.inputs.enumerated() {
                for (column, feature) in features.enumerated() { inputs[index].1[column].merge(feature) }
            }
        }
        return Snapshot(inputs: inputs.map { (name: $0.0, features: $0.1) })
    }

    private func begin(_ now: Int, _ state: inout State) {
        if now - state.second >= 1_000_000_000 {
            state.second = now
            state.budget = Self.valuesPerSecond
        }
        if let last = state.parts.last, now - last.start < Self.span / Self.partCount { return }
        forget(now, &state)
        let inputs = reference.inputs.map { $0.features.map { Feature($0) } }
        state.parts.append(Part(start: now, inputs: inputs))
    }

    private func forget(_ now: Int, _ state: inout State) {
        state.parts.removeAll { now - $0.start > Self.span + Self.span / Self.partCount }
    }
}

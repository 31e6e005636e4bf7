import Diagnostics
import OnnxIR
import Tensors

/// How the keys of a run of `GroupQueryAttention` lie in its cache, for each sample.
struct CacheLengths {
    /// How many keys there are in all, those of the run included.
    let totals: [Int]
    /// How many of them came before the run.
    let pasts: [Int]
    /// How many queries of the run are no padding.
    let queryCounts: [Int]
    /// What the node says of the longest sample.
    let longest: Int
    /// How many keys the cache has room for.
    let capacity: Int
    /// Whether nothing came before the run, so that all that is in the cache is new.
    let isFirst: Bool

    /// *Throws*: `shape` and `value` when the node's lengths do not fit its queries or its past.
    init(samples: Int, queries: Int, past: HeadRows?, _ call: OperatorCall) throws(EngineError) {
        let last = try call.integers(5) ?? []
        let longest = try call.integers(6) ?? []
        let given = try call.integers(16)
        guard last.count == samples, longest.count == 1, given?.count ?? samples == samples else {
            throw EngineError(
                .shape,
                """
                `seqlens_k`, `total_sequence_length` and `query_seqlens` have \(last.count), \(longest.count) and \
                \(given?.count ?? samples) elements, expected \(samples), 1 and \(samples)
                """
            )
        }
        let isFirst = given == nil && longest[0] == queries
        let room = max(longest[0], past?.length ?? 0)
        guard longest[0] >= (given == nil ? queries : 1), room - queries <= past?.length ?? 0 else {
            let limit = queries + (past?.length ?? 0)
            throw EngineError(
                .value,
                "`total_sequence_length` is \(longest[0]), expected \(queries) to \(limit) with these keys and this past"
            )
        }
        (totals, pasts, queryCounts) = try Self.counts(last, given, queries, isFirst, past?.length ?? 0, longest[0])
        (self.longest, self.isFirst, capacity) = (longest[0], isFirst, room)
    }

    private static func counts(
        _ last: [Int],
        _ given: [Int]?,
        _ queries: Int,
        _ isFirst: Bool,
        _ pastLength: Int,
        _ longest: Int
    ) throws(EngineError) -> (totals: [Int], pasts: [Int], queryCounts: [Int]) {
        var (totals, pasts): ([Int], [Int]) = ([], [])
        let queryCounts = given ?? [Int](repeating: queries, count: last.count)
        for (last, count) in zip(last, queryCounts) {
            guard last >= 0, last < longest else {
                throw EngineError(.value, "`seqlens_k` has \(last), expected 0 to \(longest - 1)")
            }
            // The past is taken from a count that is in range only.
            let isCount = count >= 0 && count <= queries
            let past = isFirst || !isCount ? 0 : last + 1 - count
            guard isCount, past >= 0, past <= pastLength else {
                throw EngineError(
                    .value,
                    "\(last + 1) keys with \(count) new ones do not fit \(queries) queries and a past of \(pastLength)"
                )
            }
            totals.append(last + 1)
            pasts.append(past)
        }
        return (totals, pasts, queryCounts)
    }
}

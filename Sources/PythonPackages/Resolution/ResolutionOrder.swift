/// The order in which projects get their versions.
///
/// *Source*: pip's documentation, More on Dependency Resolution: what is pinned comes first, then what is near to what
/// was asked for, in the order in which it was asked for.
struct ResolutionOrder {
    private struct Rank: Comparable {
        let isPinned: Bool
        let depth: Int
        let place: Int
        let isFree: Bool
        let name: String

        static func < (left: Rank, right: Rank) -> Bool {
            if left.isPinned != right.isPinned { return left.isPinned }
            if left.depth != right.depth { return left.depth < right.depth }
            if left.place != right.place { return left.place < right.place }
            if left.isFree != right.isFree { return right.isFree }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    private let state: ResolutionState
    private let roots: [PythonRequirement]

    init(_ state: ResolutionState, _ roots: [PythonRequirement]) {
        self.state = state
        self.roots = roots
    }

    /// The project to choose a version for; `nil` when all are chosen.
    var next: String? {
        let open = state.demands.keys.filter { !state.isSatisfied($0) }
        guard open.count > 1 else { return open.first }
        let depths = depths
        return open.map { rank($0, depths[$0] ?? Int.max) }.min()?.name
    }

    private func rank(_ name: String, _ depth: Int) -> Rank {
        let clauses = state.specifiers(for: name).clauses
        return Rank(
            isPinned: clauses.contains { $0.comparison == .equal || $0.comparison == .arbitrary },
            depth: depth,
            place: roots.firstIndex { $0.name == name } ?? Int.max,
            isFree: clauses.isEmpty,
            name: name
        )
    }

    /// How far each project is from what was asked for.
    private var depths: [String: Int] {
        var depths: [String: Int] = [:]
        var children: [String: [String]] = [:]
        for (name, demands) in state.demands {
            for demand in demands {
                guard let parent = demand.parent else {
                    depths[name] = 1
                    continue
                }
                children[parent.name, default: []].append(name)
            }
        }
        var frontier = Set(depths.keys)
        var depth = 1
        while !frontier.isEmpty {
            depth += 1
            frontier = Set(frontier.flatMap { children[$0] ?? [] }).filter { depths[$0] == nil }
            for name in frontier { depths[name] = depth }
        }
        return depths
    }
}

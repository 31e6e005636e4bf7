import Diagnostics

/// Finds the packages that some packages need, without a search: newest versions, first alternatives.
///
/// Groups of relations that leave no choice are followed first, so that a choice knows what is there already. A package
/// that turns out to lack something is given up, and all begins anew without it; each round gives up one more.
struct DependencyResolver {
    /// Why a package cannot be installed.
    struct Obstacle {
        /// The relation that nothing fulfils.
        let relation: String
        /// The packages that would, each of which has an obstacle of its own.
        let blocked: [String]
    }

    /// A group that waits until its turn.
    private struct Pending: Hashable {
        let owner: String
        /// Which of the owner's groups it is.
        let number: Int
        let group: RelationGroup

        static func == (left: Pending, right: Pending) -> Bool {
            left.number == right.number && left.owner == right.owner
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(owner)
            hasher.combine(number)
        }
    }

    private var candidates: CandidateSet
    private let excluded: Set<String>
    private var obstacles: [String: Obstacle] = [:]
    /// The groups that a package could fulfil, as far as they were looked at.
    private var asking: [String: [Pending]] = [:]
    private var isAsking: Set<Pending> = []

    private var chosen = ChosenPackages()
    private var pending: [Pending] = []
    private var dropped: Set<DebianResolution.Dropped> = []

    init(_ index: PackageIndex, excluding excluded: [String]) {
        candidates = CandidateSet(index)
        self.excluded = Set(excluded)
    }

    /// Resolves packages, each a name or `name=version`.
    ///
    /// *Throws*: `notFound`, `unsatisfiable`, `conflict`, and the errors of lists.
    mutating func resolve(_ wanted: [String]) throws(DebianPackagesError) -> DebianResolution {
        let names = try wanted.map { word throws(DebianPackagesError) in try candidates.pin(word) }
        for name in names where excluded.contains(name) {
            throw DebianPackagesError(.conflict, at: .item("package", name), "the package is both wanted and excluded")
        }
        while try !round(names) {
            if let blocked = names.first(where: { obstacles[$0] != nil }) { throw unsatisfiable(blocked) }
        }
        try chosen.checkRefusals()
        return try resolution()
    }

    /// One try: whether all are there, and nothing had to be given up.
    private mutating func round(_ names: [String]) throws(DebianPackagesError) -> Bool {
        chosen = ChosenPackages()
        dropped = []
        pending = []
        for name in names {
            guard let package = try candidates.candidate(name) else { continue }
            install(package, .wanted)
        }
        var choices: [Pending] = []
        var (nextPending, nextChoice) = (0, 0)
        while true {
            let next: Pending
            let isChoice = nextPending == pending.count
            if !isChoice {
                next = pending[nextPending]
                nextPending += 1
            } else if nextChoice < choices.count {
                next = choices[nextChoice]
                nextChoice += 1
            } else {
                return true
            }
            guard chosen.fulfilment(of: next.group, architecture: candidates.architecture) == nil else { continue }
            let options = try self.options(next.group)
            if isExcluded(next.group, options.first?.package) {
                dropped.insert(DebianResolution.Dropped(package: next.owner, relation: next.group.description))
                continue
            }
            if isAsking.insert(next).inserted {
                for option in options { asking[option.package.name, default: []].append(next) }
            }
            let possible = options.filter { obstacles[$0.package.name] == nil }
            if !isChoice, possible.count > 1 {
                choices.append(next)
                continue
            }
            // One that refuses what is chosen is taken only when there is nothing else, and refused in the end.
            guard let option = possible.first(where: { !chosen.refuses($0.package) }) ?? possible.first else {
                try giveUp(next)
                return false
            }
            install(option.package, .dependency(of: next.owner, relation: option.relation.description))
        }
    }

    /// Gives up the owner of a group that nothing fulfils, and whoever needs that owner and nothing in its place.
    private mutating func giveUp(_ pending: Pending) throws(DebianPackagesError) {
        var hopeless = [pending]
        while let next = hopeless.popLast() {
            guard obstacles[next.owner] == nil else { continue }
            let names = try options(next.group).map(\.package.name)
            guard names.allSatisfy({ obstacles[$0] != nil }) else { continue }
            obstacles[next.owner] = Obstacle(relation: next.group.description, blocked: names)
            hopeless += asking[next.owner] ?? []
        }
    }

    private mutating func install(_ package: PackageVersion, _ why: ResolvedPackage.Reason) {
        guard chosen.add(package, why) else { return }
        pending += package.dependencies.enumerated().map { number, group in
            Pending(owner: package.name, number: number, group: group)
        }
    }

    /// Every package that fulfils a group: by alternative, those of the name before those that provide it.
    private mutating func options(
        _ group: RelationGroup
    ) throws(DebianPackagesError) -> [(package: PackageVersion, relation: Relation)] {
        var options: [(package: PackageVersion, relation: Relation)] = []
        for relation in group.alternatives {
            for package in try candidates.fulfilling(relation) { options.append((package, relation)) }
        }
        return options
    }

    /// Whether the package that a group would bring is one that nobody wants.
    private func isExcluded(_ group: RelationGroup, _ preferred: PackageVersion?) -> Bool {
        if let preferred { return excluded.contains(preferred.name) }
        return group.alternatives.contains { excluded.contains($0.name) }
    }

    private func resolution() throws(DebianPackagesError) -> DebianResolution {
        let packages = chosen.packages.map { package, why in
            var dependsOn: Set<String> = []
            for group in package.dependencies {
                let name = chosen.fulfilment(of: group, architecture: candidates.architecture)
                if let name, name != package.name { dependsOn.insert(name) }
            }
            return ResolvedPackage(package, dependsOn: byteSorted(dependsOn), why: why)
        }
        return DebianResolution(
            packages: packages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
            dropped: dropped.sorted {
                ($0.package, $0.relation) < ($1.package, $1.relation)
            }
        )
    }

    /// What stands in the way of a package, followed down to what nothing fulfils.
    private func unsatisfiable(_ name: String) -> DebianPackagesError {
        var words: [String] = []
        var current = name
        var seen: Set<String> = []
        while let obstacle = obstacles[current], seen.insert(current).inserted {
            if seen.count <= 6 { words.append("`\(current)` needs `\(obstacle.relation)`") }
            if seen.count == 7 { words.append("…") }
            guard let blocked = obstacle.blocked.first else {
                words.append(candidates.lacking(obstacle.relation))
                break
            }
            current = blocked
        }
        return DebianPackagesError(.unsatisfiable, at: .item("package", name), words.joined(separator: ", "))
    }
}

/// Words sorted by their bytes.
func byteSorted(_ words: some Sequence<String>) -> [String] {
    words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

extension ResolvedPackage {
    init(_ package: PackageVersion, dependsOn: [String], why: Reason) {
        self.init(
            name: package.name,
            version: package.version.description,
            architecture: package.architecture,
            archive: package.archive,
            suite: package.suite,
            path: package.path,
            digest: package.digest,
            byteCount: package.byteCount,
            section: package.section,
            source: package.source,
            dependsOn: dependsOn,
            why: why
        )
    }
}

extension PackageIndex {
    /// A package by itself, whatever it depends on: the newest version of all suites, unless `wanted` says otherwise.
    ///
    /// *Parameter* wanted: a name, or `name=version`.
    /// *Throws*: `notFound`, and `malformed` or `index` for what a list says.
    package func newest(_ wanted: String) throws(DebianPackagesError) -> ResolvedPackage {
        ResolvedPackage(try CandidateSet(self).version(wanted).version, dependsOn: [], why: .wanted)
    }

    /// The packages that `wanted` need to be complete, themselves included.
    ///
    /// `Pre-Depends` and `Depends` are followed, `Recommends` are not. Of each package the newest version of all suites
    /// is taken, unless `wanted` says otherwise; of alternatives the first that can be installed, unless another is
    /// there already; of packages that provide a name those of higher priority, then those whose name comes first.
    ///
    /// *Parameter* wanted: names, or `name=version`.
    /// *Parameter* excluded: packages that must not be there; a group of relations that would bring one is left
    /// unfulfilled, and reported.
    /// *Throws*: `notFound`, `unsatisfiable`, `conflict`, and `malformed` or `index` for what a list says.
    package func resolve(
        _ wanted: [String],
        excluding excluded: [String] = []
    ) throws(DebianPackagesError) -> DebianResolution {
        var resolver = DependencyResolver(self, excluding: excluded)
        return try resolver.resolve(wanted)
    }
}

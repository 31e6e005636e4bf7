import ContentStore
import Diagnostics
import Downloads

/// Chooses versions so that every requirement is met, the newest first, and goes back where a choice leads nowhere.
///
/// Which project comes next is decided as in pip, so that ordinary requirements give pip's versions.
///
/// *Source*: pip's documentation, More on Dependency Resolution; conflict-directed backjumping after Prosser, Hybrid
/// Algorithms for the Constraint Satisfaction Problem, 1993.
struct Resolver {
    private let target: PythonTarget
    private let provided: [String: PythonVersion]
    private let excluded: Set<String>
    private let store: WheelStore
    private let ranks: TagRanks
    private let roots: [PythonRequirement]
    private var lists: [String: CandidateList] = [:]
    private var metadata: [IndexFile: CoreMetadata] = [:]
    private var conflict: PythonPackageError?
    private let stepLimit: Int

    init(
        _ roots: [PythonRequirement],
        _ target: PythonTarget,
        _ provided: [String: PythonVersion],
        excluding excluded: Set<String>,
        _ store: WheelStore,
        stepLimit: Int
    ) {
        self.roots = roots
        self.target = target
        self.provided = provided
        self.excluded = excluded
        self.store = store
        self.stepLimit = stepLimit
        ranks = TagRanks(target)
    }

    /// Finds choices for everything that is asked for.
    ///
    /// *Throws*: `conflict` with who asks for what, `notFound`, `unsupported`, and errors of downloads.
    mutating func resolve() throws -> ResolutionState {
        var start = ResolutionState()
        for root in roots where try root.marker?.holds(for: target) ?? true {
            start.add(Demand(parent: nil, requirement: root))
        }
        for name in start.demands.keys.sorted() where try candidates(name, start).isEmpty {
            throw try failure(name, start)
        }
        var states = [start]
        for _ in 0..<stepLimit {
            guard let state = states.last, let name = ResolutionOrder(state, roots).next else {
                let state = states.last ?? start
                try checkExtras(state)
                return state
            }
            switch try choose(name, state) {
            case .chosen(let next): states.append(next)
            case .stuck(let culprits): try goBack(&states, culprits)
            }
        }
        throw PythonPackageError(
            .conflict,
            "there is no answer after \(stepLimit) steps",
            cause: conflict,
            hint: "name the versions of some packages"
        )
    }

    /// Refuses extras that somebody asked for and no package has; what packages ask of others is up to them.
    private func checkExtras(_ state: ResolutionState) throws(PythonPackageError) {
        for root in roots {
            guard let candidate = state.pins[root.name]?.candidate, let file = candidate.file,
                let known = metadata[file]?.extras
            else { continue }
            for extra in root.extras where !known.contains(extra) {
                throw PythonPackageError(
                    .notFound,
                    at: .item("package", root.name, candidate.version.description),
                    "the package has no extra `\(extra)`",
                    hint: suggestion(for: extra, among: known.sorted()).map { "did you mean `\($0)`?" }
                )
            }
        }
    }

    private enum Outcome {
        case chosen(ResolutionState)
        case stuck(Set<String>)
    }

    private mutating func choose(_ name: String, _ state: ResolutionState) throws -> Outcome {
        var base = state
        if let old = state.pins[name] {
            let stillFits = state.specifiers(for: name).contains(old.candidate.version)
            var ignored: Set<String> = []
            // Somebody asks for more extras of it: what they require comes on top.
            if stillFits, let next = try attempt(old.candidate, name, state, &ignored) { return .chosen(next) }
            base.unpin(name)
            // What the old version brought stands against it.
            if stillFits || base.specifiers(for: name).contains(old.candidate.version) {
                base.exclude(old.candidate.version, of: name, because: Set(state.pins.keys))
            }
            guard base.demands[name] != nil else { return .chosen(base) }
        }
        var culprits = base.exclusions[name]?.culprits ?? []
        culprits.formUnion(parents(base.demands[name] ?? []))
        for candidate in try candidates(name, base) {
            if let next = try attempt(candidate, name, base, &culprits) { return .chosen(next) }
        }
        culprits.remove(name)
        return .stuck(culprits)
    }

    /// The state with a version chosen; `nil` when nothing fits what it requires.
    ///
    /// *Parameter* culprits: gets the projects whose choices stand against it.
    private mutating func attempt(
        _ candidate: Candidate,
        _ name: String,
        _ base: ResolutionState,
        _ culprits: inout Set<String>
    ) throws -> ResolutionState? {
        let extras = base.extras(of: name)
        guard let requirements = try requirements(of: candidate, name, extras) else { return nil }
        var next = base
        for requirement in requirements {
            next.add(Demand(parent: .init(name: name, version: candidate.version), requirement: requirement))
            guard try candidates(requirement.name, next).isEmpty else { continue }
            if conflict == nil { conflict = try failure(requirement.name, next) }
            culprits.formUnion(parents(next.demands[requirement.name] ?? []))
            culprits.formUnion(next.exclusions[requirement.name]?.culprits ?? [])
            return nil
        }
        next.pin(name, .init(candidate: candidate, extras: extras))
        return next
    }

    private func parents(_ demands: [Demand]) -> Set<String> { Set(demands.compactMap { $0.parent?.name }) }

    /// Goes back to the last choice that has to do with a failure, and forbids that.
    private mutating func goBack(_ states: inout [ResolutionState], _ culprits: Set<String>) throws {
        while states.count > 1 {
            let broken = states.removeLast()
            guard let name = broken.lastPin, culprits.contains(name), let pin = broken.pins[name] else { continue }
            states[states.count - 1].exclude(
                pin.candidate.version,
                of: name,
                because: culprits.subtracting([name])
            )
            return
        }
        throw conflict ?? PythonPackageError(.conflict, "no choice of versions fits all requirements")
    }

    private mutating func candidates(_ name: String, _ state: ResolutionState) throws -> [Candidate] {
        let excluded = state.exclusions[name]?.versions ?? []
        return try list(name).fitting(state.specifiers(for: name)).filter { !excluded.contains($0.version) }
    }

    private mutating func list(_ name: String) throws -> CandidateList {
        if let known = lists[name] { return known }
        let list: CandidateList =
            if let version = provided[name] {
                CandidateList(provided: version)
            } else {
                CandidateList(name, try store.client.files(of: name), target, ranks, store.client.indexes.descriptions)
            }
        lists[name] = list
        return list
    }

    /// What a version requires on the target; `nil` when it cannot be used there.
    private mutating func requirements(
        of candidate: Candidate,
        _ name: String,
        _ extras: Set<String>
    ) throws -> [PythonRequirement]? {
        guard let file = candidate.file else {
            guard extras.isEmpty else {
                throw PythonPackageError(
                    .unsupported,
                    at: .item("package", name),
                    "extras of a package that is there already are not supported, "
                        + "got `\(extras.sorted().joined(separator: ","))`"
                )
            }
            return []
        }
        do {
            let metadata = try metadata[file] ?? store.metadata(of: file)
            self.metadata[file] = metadata
            guard let python = PythonVersion(target.fullVersion), metadata.requiresPython.contains(python) else {
                throw PythonPackageError(
                    .metadata,
                    at: .item("package", name, candidate.version.description),
                    "the package is for Python \(metadata.requiresPython), got \(target.fullVersion)"
                )
            }
            return try metadata.requirements(for: target, extras: extras).filter { !excluded.contains($0.name) }
        } catch let error as PythonPackageError where error.code == .metadata || error.code == .syntax {
            if conflict == nil { conflict = error }
            return nil
        }
    }

    /// Why there is no version of a project.
    private mutating func failure(_ name: String, _ state: ResolutionState) throws -> PythonPackageError {
        let list = try list(name)
        let demands = state.demands[name] ?? []
        let askers = demands.map { demand in
            let asker = demand.parent.map { "by `\($0.name)` \($0.version)" } ?? "from outside"
            return "`\(demand.requirement)` \(asker)"
        }
        let words = "asked for: " + askers.joined(separator: ", ")
        if var absence = list.absence {
            absence.message += "; " + words
            return absence
        }
        let isProvided = provided[name] != nil
        let versions = list.candidates.filter { !$0.isYanked }.prefix(5).map { "`\($0.version)`" }
        let known =
            isProvided
            ? "is there already as \(versions.joined())" : "the newest are \(versions.joined(separator: ", "))"
        return PythonPackageError(
            .conflict,
            at: .item("package", name),
            "no version fits, \(words); \(known)"
        )
    }
}

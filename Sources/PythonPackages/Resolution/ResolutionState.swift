/// What one side asks of a project.
struct Demand: Hashable {
    /// The package that asks; `nil` for whoever started the resolution.
    let parent: Parent?
    let requirement: PythonRequirement

    struct Parent: Hashable {
        let name: String
        let version: PythonVersion
    }
}

/// Some choices, and what they ask of other projects.
struct ResolutionState {
    /// A chosen version, with the extras for which its requirements count.
    struct Pin {
        let candidate: Candidate
        let extras: Set<String>
    }

    /// A version that cannot be chosen, beside the choices that are there.
    struct Exclusions {
        var versions: Set<PythonVersion> = []
        /// The projects whose choices have to do with it.
        var culprits: Set<String> = []
    }

    private(set) var pins: [String: Pin] = [:]
    private(set) var demands: [String: [Demand]] = [:]
    private(set) var exclusions: [String: Exclusions] = [:]
    /// The project whose choice made this state; `nil` at the start, and after a choice was taken back.
    private(set) var lastPin: String?

    func specifiers(for name: String) -> VersionSpecifiers {
        (demands[name] ?? []).reduce(VersionSpecifiers()) { $0.joined(with: $1.requirement.specifiers) }
    }

    func extras(of name: String) -> Set<String> { Set((demands[name] ?? []).flatMap(\.requirement.extras)) }

    /// Whether the choice for a project fits everything that is asked of it.
    func isSatisfied(_ name: String) -> Bool {
        guard let pin = pins[name] else { return false }
        return specifiers(for: name).contains(pin.candidate.version) && extras(of: name).isSubset(of: pin.extras)
    }

    mutating func add(_ demand: Demand) {
        var known = demands[demand.requirement.name] ?? []
        if !known.contains(demand) { known.append(demand) }
        demands[demand.requirement.name] = known
    }

    mutating func pin(_ name: String, _ pin: Pin) {
        pins[name] = pin
        lastPin = name
    }

    mutating func exclude(_ version: PythonVersion, of name: String, because culprits: Set<String>) {
        exclusions[name, default: Exclusions()].versions.insert(version)
        exclusions[name, default: Exclusions()].culprits.formUnion(culprits)
    }

    /// Takes a choice back, with what it asked for and what nobody asks for then.
    mutating func unpin(_ name: String) {
        lastPin = nil
        var rest = [name]
        while let next = rest.popLast() {
            guard pins.removeValue(forKey: next) != nil else { continue }
            for (other, known) in demands {
                let kept = known.filter { $0.parent?.name != next }
                guard kept.count < known.count else { continue }
                demands[other] = kept.isEmpty ? nil : kept
                if kept.isEmpty { rest.append(other) }
            }
        }
    }
}

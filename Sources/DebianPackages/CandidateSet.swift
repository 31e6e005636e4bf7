import Diagnostics

/// The version of each package that is taken when the package is needed.
struct CandidateSet {
    private let index: PackageIndex
    private var candidates: [String: PackageVersion?] = [:]
    private var fulfilling: [Relation: [PackageVersion]] = [:]

    init(_ index: PackageIndex) { self.index = index }

    var architecture: String { index.architecture }

    /// Makes the version in `name=version` the candidate; the name.
    ///
    /// *Throws*: `notFound` when there is no such package or version.
    mutating func pin(_ word: String) throws(DebianPackagesError) -> String {
        let (version, isPinned) = try version(word)
        if isPinned || candidates[version.name] == nil { candidates[version.name] = version }
        return version.name
    }

    /// The version that `name=version` asks for, or the newest one of `name`.
    ///
    /// *Throws*: `notFound` when there is no such package or version.
    func version(_ word: String) throws(DebianPackagesError) -> (version: PackageVersion, isPinned: Bool) {
        let parts = word.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1).map { String(Substring($0)) }
        let name = parts.first ?? ""
        let versions = try index.versions(of: name)
        guard let newest = versions.first else { throw unknown(name) }
        guard parts.count == 2 else { return (newest, false) }
        let wanted = DebianVersion(parts[1])
        guard let version = versions.first(where: { $0.version.compared(to: wanted) == 0 }) else {
            throw DebianPackagesError(
                .notFound,
                at: .item("package", name),
                "no suite has the version `\(parts[1])`, expected one of "
                    + versions.map { "`\($0.version)`" }.joined(separator: ", ")
            )
        }
        return (version, true)
    }

    private func unknown(_ name: String) -> DebianPackagesError {
        let providers = index.providers(of: name)
        let suites = index.tables.map { "`\($0.suite)`" }.joined(separator: ", ")
        return DebianPackagesError(
            .notFound,
            at: .item("package", name),
            "no suite has this package for \(architecture), looked into \(suites)",
            hint: providers.isEmpty
                ? index.suggestion(for: name).map { "did you mean `\($0)`?" }
                : "it is provided by " + providers.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
        )
    }

    /// The version that is taken of a package; `nil` when there is none.
    mutating func candidate(_ name: String) throws(DebianPackagesError) -> PackageVersion? {
        if let known = candidates[name] { return known }
        let newest = try index.versions(of: name).first
        candidates[name] = .some(newest)
        return newest
    }

    /// The packages that fulfil a relation: the one of that name, then those that provide it by priority and name.
    mutating func fulfilling(_ relation: Relation) throws(DebianPackagesError) -> [PackageVersion] {
        if let known = fulfilling[relation] { return known }
        var result: [PackageVersion] = []
        if let package = try candidate(relation.name), package.isNamed(by: relation, architecture: architecture) {
            result.append(package)
        }
        var providers: [PackageVersion] = []
        for name in index.providers(of: relation.name) where name != relation.name {
            if let package = try candidate(name), package.provides(relation) { providers.append(package) }
        }
        // Sorted by name already; a sort in place of Swift's is stable only by the name in the key.
        result += providers.sorted { left, right in
            left.priority == right.priority
                ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : left.priority < right.priority
        }
        fulfilling[relation] = result
        return result
    }

    /// What there is in place of a relation that nothing fulfils.
    func lacking(_ relation: String) -> String {
        let groups = (try? RelationGroup.groups(relation, architecture: architecture)) ?? []
        let found = groups.flatMap(\.alternatives).compactMap { alternative -> String? in
            guard let candidate = candidates[alternative.name] ?? nil else { return nil }
            return "`\(candidate.name)` is \(candidate.version)"
        }
        let suites = index.tables.map { "`\($0.suite)`" }.joined(separator: ", ")
        guard !found.isEmpty else { return "which no package of \(suites) is or provides for \(architecture)" }
        return "which no package of \(suites) fulfils: " + found.joined(separator: ", ")
    }
}

import Diagnostics

/// The packages that a resolution has chosen so far, found by what they are and by what they provide.
struct ChosenPackages {
    private(set) var packages: [(package: PackageVersion, why: ResolvedPackage.Reason)] = []
    private var numbers: [String: Int] = [:]
    private var providers: [String: [Int]] = [:]
    /// The numbers of the packages that refuse a name.
    private var refusing: [String: [Int]] = [:]

    /// Adds a package; false when it is there already.
    mutating func add(_ package: PackageVersion, _ why: ResolvedPackage.Reason) -> Bool {
        guard numbers[package.name] == nil else { return false }
        let number = packages.count
        packages.append((package, why))
        numbers[package.name] = number
        for name in Set(package.provisions.map(\.name)) { providers[name, default: []].append(number) }
        for name in Set(package.refusals.map(\.relation.name)) { refusing[name, default: []].append(number) }
        return true
    }

    /// The name of the chosen package that fulfils a group; of several, the one of the first alternative.
    func fulfilment(of group: RelationGroup, architecture: String) -> String? {
        for relation in group.alternatives {
            if let number = numbers[relation.name],
                packages[number].package.isNamed(by: relation, architecture: architecture)
            {
                return relation.name
            }
            for number in providers[relation.name] ?? [] where packages[number].package.provides(relation) {
                return packages[number].package.name
            }
        }
        return nil
    }

    /// Whether a package and one of those that are chosen refuse one another.
    func refuses(_ package: PackageVersion) -> Bool {
        for refusal in package.refusals {
            let named = [numbers[refusal.relation.name]].compactMap { $0 }
            for number in named + (providers[refusal.relation.name] ?? []) {
                if refuse(package, refusal.relation, packages[number].package) { return true }
            }
        }
        for name in [package.name] + package.provisions.map(\.name) {
            for number in refusing[name] ?? [] {
                let other = packages[number].package
                if other.refusals.contains(where: { refuse(other, $0.relation, package) }) { return true }
            }
        }
        return false
    }

    private func refuse(_ package: PackageVersion, _ relation: Relation, _ other: PackageVersion) -> Bool {
        guard package.name != other.name else { return false }
        return other.name == relation.name && relation.allows(other.version) || other.provides(relation)
    }

    /// Holds all packages against what they refuse.
    ///
    /// *Throws*: `conflict` with both packages, and why they are there.
    func checkRefusals() throws(DebianPackagesError) {
        for (package, why) in packages {
            for (field, relation) in package.refusals {
                let named = [numbers[relation.name]].compactMap { $0 }
                for number in named + (providers[relation.name] ?? []) {
                    let (other, otherWhy) = packages[number]
                    guard refuse(package, relation, other) else { continue }
                    throw DebianPackagesError(
                        .conflict,
                        at: .item("package", package.name, package.version.description),
                        "`\(field): \(relation)` refuses `\(other.name)` \(other.version)",
                        hint: "`\(package.name)` is there because: \(why); `\(other.name)`: \(otherWhy)"
                    )
                }
            }
        }
    }
}

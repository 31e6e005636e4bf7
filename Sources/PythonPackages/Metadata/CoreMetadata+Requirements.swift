import Diagnostics

extension CoreMetadata {
    /// What the package requires of others on a target, with some of its extras.
    ///
    /// Extras that ask for more extras of the same package are followed.
    /// *Throws*: `unsupported` and `syntax` of markers, `metadata` for a package that requires another version of
    /// itself.
    func requirements(
        for target: PythonTarget,
        extras: Set<String>
    ) throws(PythonPackageError) -> [PythonRequirement] {
        var extras = extras
        while true {
            var requirements: [PythonRequirement] = []
            for requirement in requires where try holds(requirement, target, extras) {
                requirements.append(requirement)
            }
            let own = requirements.filter { $0.name == normalizedName(name) }
            guard own.allSatisfy({ $0.specifiers.contains(version) }) else {
                throw PythonPackageError(.metadata, "the package requires another version of itself than \(version)")
            }
            let more = extras.union(own.flatMap(\.extras))
            guard more.count > extras.count else { return requirements.filter { $0.name != normalizedName(name) } }
            extras = more
        }
    }

    private func holds(
        _ requirement: PythonRequirement,
        _ target: PythonTarget,
        _ extras: Set<String>
    ) throws(PythonPackageError) -> Bool {
        guard let marker = requirement.marker else { return true }
        for extra in [""] + extras.sorted() where try marker.holds(for: target, extra: extra) { return true }
        return false
    }
}

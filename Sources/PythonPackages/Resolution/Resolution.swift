import Diagnostics
package import Downloads

/// The wheels that together meet requirements on a target, the newest that fit, sorted by name.
///
/// *Parameter* provided: what is there already and stays as it is, versions by names.
/// *Parameter* excluded: projects, by their normal names, that are not taken, whoever requires them.
/// *Parameter* stepLimit: how many choices are tried before the resolution is given up.
/// *Throws*: `conflict` with who asks for what; `notFound` for a project that no index knows; `unsupported` for one
/// without wheels for the target; errors of downloads.
package func resolve(
    _ requirements: [PythonRequirement],
    for target: PythonTarget,
    provided: [String: String] = [:],
    excluding excluded: Set<String> = [],
    from indexes: PackageIndexes,
    _ downloader: Downloader,
    stepLimit: Int = 20_000
) throws -> [LockedWheel] {
    var versions: [String: PythonVersion] = [:]
    for (name, text) in provided {
        versions[normalizedName(name)] = try locating(.item("package", name)) { () throws(PythonPackageError) in
            try PythonVersion(parsing: text)
        }
    }
    let store = WheelStore(IndexClient(indexes, downloader))
    var resolver = Resolver(requirements, target, versions, excluding: excluded, store, stepLimit: stepLimit)
    let state = try resolver.resolve()
    return try state.pins.keys.sorted().compactMap { name in
        guard let candidate = state.pins[name]?.candidate, let file = candidate.file else { return nil }
        let identity = try store.identity(of: file)
        let requires = state.demands.filter { $0.value.contains { $0.parent?.name == name } }.keys
        return LockedWheel(
            name: name,
            version: candidate.version.description,
            file: file.name.text,
            digest: identity.digest,
            byteCount: identity.byteCount,
            requires: requires.sorted()
        )
    }
}

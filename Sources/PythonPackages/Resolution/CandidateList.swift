import Diagnostics

/// A version of a project that may be chosen.
struct Candidate: Sendable, Hashable {
    let version: PythonVersion
    /// The wheel that fits best; `nil` for what is there already.
    let file: IndexFile?

    var isYanked: Bool { file?.isYanked ?? false }
}

/// The versions of a project that run on a target, the newest first, each with its best wheel.
struct CandidateList: Sendable {
    let candidates: [Candidate]
    /// Why there is none, for a project that has none.
    let absence: PythonPackageError?

    /// A project that is there already, in one version.
    init(provided version: PythonVersion) {
        candidates = [Candidate(version: version, file: nil)]
        absence = nil
    }

    /// The versions among the files of a project.
    ///
    /// *Parameter* files: `nil` for a project that no index knows.
    init(_ name: String, _ files: ProjectFiles?, _ target: PythonTarget, _ ranks: TagRanks, _ sources: [String]) {
        guard let files else {
            candidates = []
            let places = sources.isEmpty ? "no index is configured" : "looked in `\(sources.joined(separator: "`, `"))`"
            absence = PythonPackageError(.notFound, at: .item("package", name), "no index knows the project, \(places)")
            return
        }
        let python = PythonVersion(target.fullVersion)
        let verifiable = files.wheels.filter(\.isVerifiable)
        let running = verifiable.filter { ranks.rank(of: $0.name) != nil }
        let usable = running.filter { file in python.map { file.requiresPython.contains($0) } ?? false }
        var best: [PythonVersion: (file: IndexFile, rank: Int)] = [:]
        for file in usable {
            guard let rank = ranks.rank(of: file.name) else { continue }
            if let known = best[file.name.version], !Self.isBetter(file, rank, than: known) { continue }
            best[file.name.version] = (file, rank)
        }
        candidates = best.map { Candidate(version: $0.key, file: $0.value.file) }.sorted { $0.version > $1.version }
        absence =
            candidates.isEmpty
            ? Self.absence(name, files, verifiable, running, target) : nil
    }

    private static func isBetter(
        _ file: IndexFile,
        _ rank: Int,
        than other: (file: IndexFile, rank: Int)
    ) -> Bool {
        if file.isYanked != other.file.isYanked { return other.file.isYanked }
        if rank != other.rank { return rank < other.rank }
        switch (file.name.build, other.file.name.build) {
        case (let build?, let known?): return known < build
        case (let build, let known): return build != nil && known == nil
        }
    }

    private static func absence(
        _ name: String,
        _ files: ProjectFiles,
        _ verifiable: [IndexFile],
        _ running: [IndexFile],
        _ target: PythonTarget
    ) -> PythonPackageError {
        let place = Place.item("package", name)
        let python = "Python \(target.fullVersion) on \(target.architecture.rawValue) with glibc 2.\(target.glibcMinor)"
        if files.wheels.isEmpty {
            return PythonPackageError(
                .unsupported,
                at: place,
                "the project has sources alone and no wheel, and mlpack builds none",
                hint: "build a wheel with `pip wheel`, and name its folder in `PIP_FIND_LINKS`"
            )
        }
        if verifiable.isEmpty {
            return PythonPackageError(
                .unsupported,
                at: place,
                "the index gives no sha256 of its files, and nothing is fetched without one"
            )
        }
        if running.isEmpty {
            return PythonPackageError(.unsupported, at: place, "no wheel of the project runs on \(python)")
        }
        let newest = running.max { $0.name.version < $1.name.version }
        return PythonPackageError(
            .unsupported,
            at: place,
            "no wheel of the project is for \(python), "
                + "the newest asks for Python \(newest?.requiresPython.description ?? "")"
        )
    }

    /// The versions that fit, the newest first.
    ///
    /// *Source*: PEP 440 for pre-releases; PEP 592: what was yanked is taken only where one release is named and no
    /// other file of it is there.
    func fitting(_ specifiers: VersionSpecifiers) -> [Candidate] {
        let fitting = specifiers.filter(candidates) { $0.version }
        if specifiers.isPinned, fitting.allSatisfy(\.isYanked) { return fitting }
        return fitting.filter { !$0.isYanked }
    }
}

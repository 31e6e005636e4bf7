import ContentStore
import PythonPackages

/// What changed from one lock to another.
package struct EnvironmentDifference: Sendable, Hashable {
    /// What a change is about.
    package enum Kind: String, Sendable, Hashable {
        case debian
        case python
        case file
    }

    /// One thing that is another now.
    package struct Change: Sendable, Hashable {
        /// `nil` for a file, which is the same on all architectures.
        package let architecture: String?
        package let kind: Kind
        package let name: String
        /// The version before; `nil` when it was not there.
        package let old: String?
        /// The version now; `nil` when it is gone.
        package let new: String?
        /// Whether the bytes are others; they may be so under the same version.
        package let isRebuilt: Bool
    }

    /// By architecture, kind and name.
    package let changes: [Change]

    /// Compares two locks.
    package init(from old: EnvironmentLock, to new: EnvironmentLock) {
        var changes: [Change] = []
        let architectures = Set(old.platforms.map(\.architecture) + new.platforms.map(\.architecture)).sorted()
        for architecture in architectures {
            let (before, after) = (old.platform(architecture), new.platform(architecture))
            changes += Self.changes(
                architecture,
                .debian,
                from: (before?.packages ?? []).map { ($0.name, $0.version, $0.digest.hex) },
                to: (after?.packages ?? []).map { ($0.name, $0.version, $0.digest.hex) }
            )
            changes += Self.changes(
                architecture,
                .python,
                from: (before?.wheels ?? []).map { ($0.name, $0.version, $0.digest.hex) },
                to: (after?.wheels ?? []).map { ($0.name, $0.version, $0.digest.hex) }
            )
        }
        changes += Self.changes(
            nil,
            .file,
            from: old.files.map { ($0.source, String($0.digest.hex.prefix(12)), $0.digest.hex) },
            to: new.files.map { ($0.source, String($0.digest.hex.prefix(12)), $0.digest.hex) }
        )
        self.changes = changes
    }

    private typealias Item = (name: String, version: String, digest: String)

    private static func changes(
        _ architecture: String?,
        _ kind: Kind,
        from old: [Item],
        to new: [Item]
    ) -> [Change] {
        let before = Dictionary(old.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return Set(before.keys).union(after.keys).sorted().compactMap { name in
            let (old, new) = (before[name], after[name])
            guard old?.digest != new?.digest else { return nil }
            return Change(
                architecture: architecture,
                kind: kind,
                name: name,
                old: old?.version,
                new: new?.version,
                isRebuilt: old?.version == new?.version
            )
        }
    }
}

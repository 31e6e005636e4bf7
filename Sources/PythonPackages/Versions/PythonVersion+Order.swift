extension PythonVersion: Hashable, Comparable {
    /// The release without zeros at its end: `1.0` and `1` are the same version.
    private var significantRelease: ArraySlice<DecimalNumber> {
        let end = release.lastIndex { $0 != .zero }.map { $0 + 1 } ?? 0
        return release[..<end]
    }

    /// Where pre-releases stand: a developmental release of a final one comes first, the final one last.
    private var preRank: (Int, DecimalNumber) {
        if let pre { return (pre.phase.rawValue, pre.number) }
        return (post == nil && dev != nil ? -1 : 3, .zero)
    }

    package static func == (left: PythonVersion, right: PythonVersion) -> Bool {
        left.epoch == right.epoch && left.significantRelease == right.significantRelease
            && left.preRank == right.preRank && left.post == right.post && left.dev == right.dev
            && left.local == right.local
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(epoch)
        hasher.combine(significantRelease)
        hasher.combine(preRank.0)
        hasher.combine(preRank.1)
        hasher.combine(post)
        hasher.combine(dev)
        hasher.combine(local)
    }

    /// *Source*: PEP 440, Summary of permitted suffixes and relative ordering.
    package static func < (left: PythonVersion, right: PythonVersion) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        if left.significantRelease != right.significantRelease {
            return left.significantRelease.lexicographicallyPrecedes(right.significantRelease)
        }
        if left.preRank != right.preRank { return left.preRank < right.preRank }
        if left.post != right.post {
            guard let leftPost = left.post, let rightPost = right.post else { return left.post == nil }
            return leftPost < rightPost
        }
        if left.dev != right.dev {
            guard let leftDev = left.dev, let rightDev = right.dev else { return left.dev != nil }
            return leftDev < rightDev
        }
        return left.local.lexicographicallyPrecedes(right.local)
    }
}

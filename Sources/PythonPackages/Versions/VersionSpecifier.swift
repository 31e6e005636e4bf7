import Diagnostics

/// One clause that versions are held against: `>=1.2`, `==1.4.*`, `~=2.2`.
///
/// *Source*: PEP 440, Version specifiers.
package struct VersionSpecifier: Sendable, Hashable, CustomStringConvertible {
    enum Comparison: String, Sendable {
        case arbitrary = "==="
        case compatible = "~="
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }

    let comparison: Comparison
    /// The version; `nil` behind `===` when it is none.
    let version: PythonVersion?
    /// Whether `.*` stands behind the version.
    let isPrefix: Bool
    private let text: String

    /// Reads a clause.
    ///
    /// *Throws*: `syntax`.
    package init(parsing text: String) throws(PythonPackageError) {
        guard let specifier = VersionSpecifier(text) else {
            throw PythonPackageError(
                .syntax,
                "the version specifier has another form, expected one like `>=1.2`, got `\(text)`"
            )
        }
        self = specifier
    }

    init?(_ text: String) {
        var cursor = TextCursor(trimmed(text))
        let sign = cursor.takeText { "=~!<>".utf8.contains($0) }
        guard let comparison = Comparison(rawValue: sign) else { return nil }
        self.init(comparison, trimmed(cursor.rest))
    }

    init?(_ comparison: Comparison, _ text: String) {
        guard !text.isEmpty, !text.utf8.contains(where: isSpace) else { return nil }
        self.comparison = comparison
        self.text = text
        guard comparison != .arbitrary else {
            isPrefix = false
            version = PythonVersion(text)
            return
        }
        isPrefix = text.utf8.suffix(2).elementsEqual(".*".utf8)
        guard let version = PythonVersion(isPrefix ? String(text.dropLast(2)) : text) else { return nil }
        let isEquality = comparison == .equal || comparison == .notEqual
        let isRelease = !version.isPreRelease && !version.isPostRelease && version.local.isEmpty
        guard !isPrefix || isEquality && isRelease, version.local.isEmpty || isEquality,
            comparison != .compatible || version.release.count > 1
        else { return nil }
        self.version = version
    }

    package var description: String { comparison.rawValue + text }

    /// Whether it asks for a pre-release by naming one.
    var namesPreRelease: Bool { comparison != .notEqual && !isPrefix && version?.isPreRelease ?? false }

    /// Whether it accepts one release alone.
    var isPin: Bool { comparison == .arbitrary || comparison == .equal && !isPrefix }

    /// Whether a version fits; pre-releases fit like others.
    package func contains(_ candidate: PythonVersion) -> Bool {
        if comparison == .arbitrary { return candidate.description == lowercasedASCII(text) }
        guard let version else { return false }
        return switch comparison {
        case .arbitrary, .equal: isEqual(candidate, version)
        case .notEqual: !isEqual(candidate, version)
        case .compatible: isCompatible(candidate, version)
        case .atMost: candidate.publicVersion <= version
        case .atLeast: candidate.publicVersion >= version
        case .less: isLess(candidate, version)
        case .greater: isGreater(candidate, version)
        }
    }

    private func isEqual(_ candidate: PythonVersion, _ version: PythonVersion) -> Bool {
        if isPrefix { return candidate.starts(with: version.release, epoch: version.epoch) }
        return (version.local.isEmpty ? candidate.publicVersion : candidate) == version
    }

    private func isCompatible(_ candidate: PythonVersion, _ version: PythonVersion) -> Bool {
        candidate.publicVersion >= version
            && candidate.starts(with: Array(version.release.dropLast()), epoch: version.epoch)
    }

    private func isLess(_ candidate: PythonVersion, _ version: PythonVersion) -> Bool {
        guard candidate < version else { return false }
        guard !version.isPreRelease, candidate.isPreRelease else { return true }
        var earliest = version
        earliest.dev = .zero
        return candidate < earliest
    }

    private func isGreater(_ candidate: PythonVersion, _ version: PythonVersion) -> Bool {
        guard candidate > version, candidate.local.isEmpty || candidate.publicVersion != version else { return false }
        guard !version.isPostRelease, candidate.isPostRelease else { return true }
        var base = candidate.publicVersion
        base.post = nil
        base.dev = nil
        return base != version
    }
}

extension PythonVersion {
    /// Whether the release starts with these numbers, as if it had zeros at its end.
    func starts(with prefix: [DecimalNumber], epoch: DecimalNumber) -> Bool {
        self.epoch == epoch
            && prefix.indices.allSatisfy { prefix[$0] == ($0 < release.count ? release[$0] : .zero) }
    }
}

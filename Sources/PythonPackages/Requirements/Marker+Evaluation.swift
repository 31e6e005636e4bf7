import Diagnostics

extension Marker {
    /// Whether the condition holds for a Python, when `extra` was asked for; an empty one stands for none.
    ///
    /// *Throws*: `unsupported` when that depends on the kernel that a container will run on, `syntax` for `~=` and
    /// `===` between values that are no versions.
    package func holds(for target: PythonTarget, extra: String = "") throws(PythonPackageError) -> Bool {
        guard let holds = try evaluate(target, extra) else {
            throw PythonPackageError(
                .unsupported,
                at: .item("marker", description),
                "the marker asks for the kernel that a container runs on, which is not known here"
            )
        }
        return holds
    }

    /// The truth of the condition; `nil` when it depends on what is not known.
    private func evaluate(_ target: PythonTarget, _ extra: String) throws(PythonPackageError) -> Bool? {
        switch self {
        case .comparison(let left, let comparison, let right):
            return try compare(left, comparison, right, target, extra)
        case .and(let parts):
            let truths = try evaluate(parts, target, extra)
            return truths.contains(false) ? false : truths.contains(nil) ? nil : true
        case .or(let parts):
            let truths = try evaluate(parts, target, extra)
            return truths.contains(true) ? true : truths.contains(nil) ? nil : false
        }
    }

    private func evaluate(
        _ parts: [Marker],
        _ target: PythonTarget,
        _ extra: String
    ) throws(PythonPackageError) -> [Bool?] {
        var truths: [Bool?] = []
        for part in parts { truths.append(try part.evaluate(target, extra)) }
        return truths
    }

    private func compare(
        _ left: Operand,
        _ comparison: Comparison,
        _ right: Operand,
        _ target: PythonTarget,
        _ extra: String
    ) throws(PythonPackageError) -> Bool? {
        let variable = left.variable ?? right.variable
        guard var left = left.value(target, extra), var right = right.value(target, extra) else { return nil }
        if variable == .extra {
            left = normalizedName(left)
            right = normalizedName(right)
        }
        if variable?.isVersion ?? false, let sign = VersionSpecifier.Comparison(rawValue: comparison.rawValue),
            let specifier = VersionSpecifier(sign, trimmed(right))
        {
            return PythonVersion(left).map { specifier.contains($0) } ?? false
        }
        return try compare(left, comparison, right)
    }

    private func compare(
        _ left: String,
        _ comparison: Comparison,
        _ right: String
    ) throws(PythonPackageError) -> Bool {
        let (leftBytes, rightBytes) = (Array(left.utf8), Array(right.utf8))
        return switch comparison {
        case .equal: leftBytes == rightBytes
        case .notEqual: leftBytes != rightBytes
        // SPEC: dependency-specifiers, Environment Markers: texts have no order.
        case .less, .greater: false
        case .atMost, .atLeast: leftBytes == rightBytes
        case .isIn: isContained(leftBytes, in: rightBytes)
        case .isNotIn: !isContained(leftBytes, in: rightBytes)
        case .compatible, .arbitrary:
            throw PythonPackageError(
                .syntax,
                at: .item("marker", description),
                "`\(comparison.rawValue)` compares versions alone, got `\(left)` and `\(right)`"
            )
        }
    }

    private func isContained(_ part: [UInt8], in whole: [UInt8]) -> Bool {
        guard part.count <= whole.count else { return false }
        return (0...(whole.count - part.count)).contains { whole[$0...].starts(with: part) }
    }
}

extension Marker.Operand {
    fileprivate var variable: Marker.Variable? {
        guard case .variable(let variable) = self else { return nil }
        return variable
    }

    /// The text on this side; `nil` when it is not known.
    fileprivate func value(_ target: PythonTarget, _ extra: String) -> String? {
        switch self {
        case .text(let text): text
        case .variable(.extra): extra
        case .variable(.implementationName): "cpython"
        case .variable(.implementationVersion), .variable(.pythonFullVersion): target.fullVersion
        case .variable(.osName): "posix"
        case .variable(.platformMachine): target.architecture.rawValue
        case .variable(.platformPythonImplementation): "CPython"
        case .variable(.platformSystem): "Linux"
        case .variable(.pythonVersion): "\(target.major).\(target.minor)"
        case .variable(.sysPlatform): "linux"
        case .variable(.platformRelease), .variable(.platformVersion): nil
        }
    }
}

extension Marker: CustomStringConvertible {
    package var description: String {
        func text(_ part: Marker) -> String {
            if case .comparison = part { return part.description }
            return "(\(part.description))"
        }
        return switch self {
        case .comparison(let left, let comparison, let right):
            "\(left.text) \(comparison.rawValue) \(right.text)"
        case .and(let parts): parts.map(text).joined(separator: " and ")
        case .or(let parts): parts.map(text).joined(separator: " or ")
        }
    }
}

extension Marker.Operand {
    fileprivate var text: String {
        switch self {
        case .text(let text): text.utf8.contains(UInt8(ascii: "\"")) ? "'\(text)'" : "\"\(text)\""
        case .variable(let variable): variable.rawValue
        }
    }
}

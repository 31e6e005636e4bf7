/// The version of a framework as far as formats depend on it.
package struct FrameworkVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var major: Int
    package var minor: Int

    /// A version by its numbers.
    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// The version in a text such as `1.9.1`, `1.10.dev0` or `2.0rc1`; `nil` where it does not start with two numbers.
    package init?(_ text: String) {
        let numbers = text.split(separator: ".").prefix(2).compactMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
        guard numbers.count == 2 else { return nil }
        self.init(numbers[0], numbers[1])
    }

    package static func < (lhs: FrameworkVersion, rhs: FrameworkVersion) -> Bool {
        (lhs.major, lhs.minor) < (rhs.major, rhs.minor)
    }

    package var description: String { "\(major).\(minor)" }
}

extension ImportReport {
    /// Warns where another version wrote the file than those whose files are known to be read right.
    package mutating func warn(unlessIn known: ClosedRange<FrameworkVersion>?) {
        guard let known else { return }
        let range = "\(known.lowerBound) to \(known.upperBound)"
        guard let text = frameworkVersion, let version = FrameworkVersion(text) else {
            warnings.append("no version of \(framework) is named, and one of \(range) is assumed")
            return
        }
        guard !known.contains(version) else { return }
        warnings.append("\(framework) \(text) wrote it, and \(range) are known: compare the predictions with its own")
    }
}

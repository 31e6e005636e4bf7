import Diagnostics

/// The Python that packages are chosen for: CPython on Linux with the GNU C library.
///
/// For example, Debian 12 on the processors of most servers:
///
///     try PythonTarget(version: "3.11.2", architecture: .x86, glibc: "2.36")
package struct PythonTarget: Sendable, Hashable {
    /// The processors that wheels are chosen for, named as `uname -m` does.
    package enum Architecture: String, Sendable, CaseIterable {
        case arm64 = "aarch64"
        case x86 = "x86_64"

        /// The minor version of the oldest C library that wheels for it are built against.
        ///
        /// *Source*: PEP 513, PEP 599: manylinux1 has glibc 2.5, manylinux2014, the first for aarch64, 2.17.
        var oldestGlibcMinor: Int { self == .x86 ? 5 : 17 }
    }

    /// The version in full: `3.11.2`.
    package let fullVersion: String
    package let major: Int
    package let minor: Int
    package let architecture: Architecture
    /// The minor version of the C library: 36 of 2.36.
    package let glibcMinor: Int

    /// A Python of version 3.8 or later.
    ///
    /// *Parameter* version: `3.11.2`; without the last number it counts as `3.11.0`.
    /// *Throws*: `syntax`, and `unsupported` for other versions of Python and of the C library.
    package init(
        version: String,
        architecture: Architecture,
        glibc: String
    ) throws(PythonPackageError) {
        let numbers = try Self.numbers(version, count: 2...3)
        let libraryNumbers = try Self.numbers(glibc, count: 2...3)
        guard numbers[0] == 3, (8...99).contains(numbers[1]) else {
            throw PythonPackageError(
                .unsupported,
                "Python \(version) is not supported, expected 3.8 or a later one"
            )
        }
        guard libraryNumbers[0] == 2, (5...999).contains(libraryNumbers[1]) else {
            throw PythonPackageError(.unsupported, "glibc \(glibc) is not supported, expected 2.5 or a later one")
        }
        (major, minor) = (numbers[0], numbers[1])
        fullVersion = "3.\(numbers[1]).\(numbers.count > 2 ? numbers[2] : 0)"
        self.architecture = architecture
        glibcMinor = libraryNumbers[1]
    }

    private static func numbers(_ text: String, count: ClosedRange<Int>) throws(PythonPackageError) -> [Int] {
        let parts = split(text, keepsEmpty: true) { $0 == UInt8(ascii: ".") }
        let numbers = parts.compactMap { $0.utf8.allSatisfy(isDigit) ? Int($0) : nil }
        guard numbers.count == parts.count, count.contains(parts.count) else {
            throw PythonPackageError(.syntax, "the version has another form, expected one like `3.11`, got `\(text)`")
        }
        return numbers
    }
}

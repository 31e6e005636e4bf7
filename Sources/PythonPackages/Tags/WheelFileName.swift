import Diagnostics

/// The name of a wheel in its parts: `numpy-2.4.6-1-cp311-cp311-manylinux_2_28_x86_64.whl`.
///
/// *Source*: PEP 427, File name convention; PEP 425, Compressed Tag Sets.
package struct WheelFileName: Sendable, Hashable {
    /// The number that tells builds of one version apart, and the text behind it.
    package struct Build: Sendable, Hashable, Comparable, CustomStringConvertible {
        let number: DecimalNumber
        let text: String

        package var description: String { number.description + text }

        package static func < (left: Build, right: Build) -> Bool {
            left.number == right.number
                ? left.text.utf8.lexicographicallyPrecedes(right.text.utf8) : left.number < right.number
        }
    }

    package let text: String
    /// The name of the project in its normal form.
    package let name: String
    package let version: PythonVersion
    package let build: Build?
    package let pythons: [String]
    package let abis: [String]
    package let platforms: [String]

    /// Reads a file name.
    ///
    /// *Throws*: `syntax`.
    package init(parsing text: String) throws(PythonPackageError) {
        guard let name = WheelFileName(text) else {
            throw PythonPackageError(
                .syntax,
                "the name of the wheel has another form, expected `<name>-<version>-<python>-<abi>-<platform>.whl`, "
                    + "got `\(text)`"
            )
        }
        self = name
    }

    /// Reads a file name; `nil` when it is none of a wheel.
    init?(_ text: String) {
        guard text.utf8.suffix(4).elementsEqual(".whl".utf8), text.utf8.count <= 512 else { return nil }
        let parts = split(String(text.dropLast(4)), keepsEmpty: true) { $0 == UInt8(ascii: "-") }
        guard parts.count == 5 || parts.count == 6, isName(parts[0]), let version = PythonVersion(parts[1]) else {
            return nil
        }
        self.text = text
        name = normalizedName(parts[0])
        self.version = version
        if parts.count == 6 {
            let digits = Array(parts[2].utf8.prefix(while: isDigit))
            guard !digits.isEmpty else { return nil }
            build = Build(
                number: DecimalNumber(digits[...]),
                text: String(decoding: parts[2].utf8.dropFirst(digits.count), as: UTF8.self)
            )
        } else {
            build = nil
        }
        func tags(_ part: String) -> [String] { split(lowercasedASCII(part)) { $0 == UInt8(ascii: ".") } }
        pythons = tags(parts[parts.count - 3])
        abis = tags(parts[parts.count - 2])
        platforms = tags(parts[parts.count - 1])
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard isPlain, !pythons.isEmpty, !abis.isEmpty, !platforms.isEmpty,
            pythons.count * abis.count * platforms.count <= 4096
        else { return nil }
    }
}

import ContentStore
import Diagnostics

/// The name of a package across ecosystems: `pkg:pypi/numpy@2.4.6`.
///
/// *Source*: ECMA-427, Package-URL, and the types `deb`, `oci` and `pypi` of its registry.
package struct PackageURL: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    private init(type: String, namespace: String?, name: String, version: String?, qualifiers: [(String, String?)]) {
        var text = "pkg:\(type)/"
        if let namespace { text += encoded(namespace) + "/" }
        text += encoded(name)
        if let version { text += "@" + encoded(version) }
        let pairs = qualifiers.compactMap { key, value in value.map { "\(key)=\(encoded($0, keeping: ":/"))" } }
        if !pairs.isEmpty { text += "?" + pairs.sorted(by: precedes).joined(separator: "&") }
        description = text
    }

    /// The name of a part; `nil` for files, which no ecosystem names.
    package init?(_ component: Inventory.Component) {
        switch component.kind {
        case .debian(let architecture, let source, let distribution):
            let vendor = distribution?.split(separator: "-").first.map { String($0).lowercased() } ?? "debian"
            self.init(
                type: "deb",
                namespace: vendor,
                name: component.name.lowercased(),
                version: component.version,
                qualifiers: [
                    ("arch", architecture), ("distro", distribution),
                    ("upstream", source == component.name ? nil : source),
                ]
            )
        case .python:
            self.init(
                type: "pypi",
                namespace: nil,
                name: component.name.lowercased().replacing("_", with: "-"),
                version: component.version,
                qualifiers: []
            )
        case .file, .model, .server: return nil
        }
    }

    /// The name of an image.
    package init(_ subject: Inventory.Subject) {
        self.init(
            type: "oci",
            namespace: nil,
            name: (subject.name.split(separator: "/").last.map(String.init) ?? subject.name).lowercased(),
            version: subject.digest.description,
            qualifiers: [("arch", subject.architecture), ("repository_url", subject.name)]
        )
    }
}

/// A text with everything percent-encoded but letters, digits, `.`, `-`, `_`, `~` and what is kept.
private func encoded(_ text: String, keeping kept: String = ":") -> String {
    let digits = Array("0123456789ABCDEF")
    var result = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
            result.unicodeScalars.append(Unicode.Scalar(byte))
        case _ where kept.utf8.contains(byte): result.unicodeScalars.append(Unicode.Scalar(byte))
        default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
    }
    return result
}

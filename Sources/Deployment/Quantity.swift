import Diagnostics

/// An amount of processors or memory as Kubernetes writes it: `500m`, `1.5`, `512Mi`.
///
/// *Source*: Kubernetes API, `resource.Quantity`; Compose Specification, Specifying byte values.
package struct Quantity: Sendable, Hashable {
    /// As it was given.
    package let text: String
    private let digits: Substring
    private let unit: Substring

    /// Processors: a number, or thousandths of one with `m`.
    ///
    /// *Throws*: `quantity`.
    package init(processors text: String) throws(DeploymentError) {
        try self.init(text, units: ["", "m"], "`1`, `0.5` or `500m`")
    }

    /// Memory: a number of bytes, or with a unit.
    ///
    /// *Throws*: `quantity`.
    package init(memory text: String) throws(DeploymentError) {
        try self.init(text, units: ["", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"], "`512Mi` or `2G`")
    }

    private init(_ text: String, units: [String], _ form: String) throws(DeploymentError) {
        self.text = text
        digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        unit = text[digits.endIndex...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.count <= 15 }),
            digits.contains(where: { $0 != "0" && $0 != "." }), units.contains(String(unit))
        else {
            throw DeploymentError(.quantity, "the amount has another form, expected \(form), got `\(text)`")
        }
    }

    /// Processors as Compose has them: `0.5`.
    var composeProcessors: String {
        guard unit == "m" else { return String(digits) }
        let count = value / 1000
        return count.rounded() == count ? whole(count) : "\(count)"
    }

    /// Memory as Compose has it: in bytes, since its letters for units mean other numbers than those of Kubernetes.
    var composeMemory: String {
        let powers = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
        let binary = ["Ki": 1024.0, "Mi": 1_048_576.0, "Gi": 1_073_741_824.0, "Ti": 1_099_511_627_776.0]
        return whole((value * (powers[String(unit)] ?? binary[String(unit)] ?? 1)).rounded(.up))
    }

    private var value: Double { Double(digits) ?? 0 }

    /// A number without a fraction; above what any machine has, that bound.
    private func whole(_ value: Double) -> String { "\(Int(min(value, 1e18)))" }
}

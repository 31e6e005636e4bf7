import Diagnostics
package import Files

/// The names of the cases that must pass, one a line.
///
/// The list may only grow. Lines that start with `#` are comments; those that start with `? ` name cases that pass or
/// fail by chance, because they hold random numbers to those of another generator.
package struct ConformanceList: Sendable {
    /// The names, in the file's order.
    package let names: [String]
    private let comments: [String]
    private let chances: [String]

    /// Reads a list.
    package init(path: String) throws(FileError) {
        let text = String(decoding: try readFile(path, limit: 1 << 24), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        comments = lines.filter { $0.hasPrefix("#") }
        chances = lines.filter { $0.hasPrefix("? ") }
        names = lines.filter { !$0.hasPrefix("#") && !$0.hasPrefix("? ") }
    }

    /// Holds a run against the list; one that is partial may leave listed cases out.
    ///
    /// *Throws*: `list` when a listed case failed or is not there, or a case passed that is not listed.
    package func check(_ report: ConformanceReport, isPartial: Bool = false) throws(ConformanceError) {
        let passed = Set(report.passed).subtracting(casesOfChance)
        let ran = passed.union(report.failures.map(\.name))
        let absent = isPartial ? [] : names.filter { !ran.contains($0) }
        guard absent.isEmpty else {
            throw ConformanceError(.list, "\(absent.count) listed cases are not in the folder: \(Self.text(absent))")
        }
        let lost = names.filter { ran.contains($0) && !passed.contains($0) }
        let gained = passed.subtracting(names).sorted()
        guard lost.isEmpty else {
            throw ConformanceError(.list, "\(lost.count) listed cases do not pass: \(Self.text(lost))")
        }
        guard gained.isEmpty else {
            throw ConformanceError(
                .list,
                "\(gained.count) cases pass that are not listed: \(Self.text(gained))",
                hint: "`--update-list` adds them"
            )
        }
    }

    /// Writes the list with the cases that pass now added to it; none is taken away.
    package func adding(_ report: ConformanceReport, path: String) throws(FileError) {
        let all = Set(names).union(report.passed).subtracting(casesOfChance).sorted()
        let file = try AtomicFile(path: path)
        try file.write(Array((comments + chances + all).map { $0 + "\n" }.joined().utf8))
        try file.commit()
    }

    private var casesOfChance: [String] { chances.map { String($0.dropFirst(2)) } }

    private static func text(_ names: [String]) -> String {
        let shown = names.prefix(10).map { "`\($0)`" }.joined(separator: ", ")
        return names.count > 10 ? shown + ", …" : shown
    }
}

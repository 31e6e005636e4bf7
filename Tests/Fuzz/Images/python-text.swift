import Diagnostics
import Downloads
@testable import PythonPackages

/// One input of libFuzzer as everything that is a text in Python's packages and indexes: it may be refused, it may not
/// crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = inputBytes(start, count)
    let lines = lines(bytes)
    for line in lines {
        readVersion(line)
        readSpecifiers(line)
        readRequirement(line)
        readFileName(line)
    }
    let versions = lines.compactMap { PythonVersion($0) }.prefix(6)
    holdOrder(Array(versions)) { $0 < $1 ? -1 : $1 < $0 ? 1 : 0 }
    for left in versions {
        for right in versions where left == right { hold(!(left < right), "\(left) is both \(right) and below it") }
    }
    readFiles(bytes)
    readPages(bytes)
    return 0
}

private func readVersion(_ text: String) {
    guard let version = PythonVersion(text) else { return }
    let again = PythonVersion(version.description)
    hold(again == version && again?.hashValue == version.hashValue, "`\(version)` is read another way")
}

private func readSpecifiers(_ text: String) {
    guard let specifiers = try? VersionSpecifiers(parsing: text) else { return }
    let again = try? VersionSpecifiers(parsing: specifiers.description)
    hold(again == specifiers, "`\(specifiers)` is read another way")
    for clause in specifiers.clauses {
        if let version = clause.version { _ = specifiers.contains(version) }
    }
}

private let target = try? PythonTarget(version: "3.11.2", architecture: .x86, glibc: "2.36")

private func readRequirement(_ text: String) {
    if let target, let marker = try? Marker(parsing: text) { _ = try? marker.holds(for: target, extra: "test") }
    guard var requirement = try? PythonRequirement(parsing: text) else { return }
    if let target { _ = try? requirement.marker?.holds(for: target) }
    requirement = PythonRequirement(
        name: requirement.name,
        extras: requirement.extras,
        specifiers: requirement.specifiers
    )
    hold((try? PythonRequirement(parsing: "\(requirement)")) == requirement, "`\(requirement)` is read another way")
}

private func readFileName(_ text: String) {
    _ = normalizedName(text)
    guard let name = WheelFileName(text) else { return }
    hold(WheelFileName(name.text) == name, "`\(name.text)` is read another way")
}

private func readFiles(_ bytes: [UInt8]) {
    _ = try? CoreMetadata(bytes)
    _ = (try? entryPoints(bytes))?.map { $0.script(interpreter: "/usr/bin/python3") }
    _ = iniValues(String(decoding: bytes, as: UTF8.self))
    if let record = try? WheelRecord(bytes, rowLimit: 1000) {
        // What is written has hashes of its own, which hold neither commas nor quotes.
        let rows = record.rows.values.map { WheelRecord.Row(path: $0.path, hash: "", byteCount: $0.byteCount) }
        let again = try? WheelRecord(WheelRecord.text(of: rows), rowLimit: 1000)
        hold(again.map { Set($0.rows.values) } == Set(rows), "a list of \(rows.count) rows is read another way")
    }
}

private let base = try? WebAddress(parsing: "https://example.org/simple/a/")

private func readPages(_ bytes: [UInt8]) {
    guard let base else { return }
    let server = ServerAddress(base, credentials: nil)
    let pages = [try? IndexPage(json: bytes, at: base), try? IndexPage(html: bytes, at: base)].compactMap { $0 }
    for page in pages {
        for link in page.links { hold(!link.address.path.isEmpty, "a link leads nowhere") }
        _ = page.files(of: "a", from: server)
    }
}

import Diagnostics
import TextFormats
@testable import DebianPackages

/// One input of libFuzzer as everything that is a text in an archive of Debian: it may be refused, it may not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = inputBytes(start, count)
    let text = String(decoding: bytes, as: UTF8.self)
    readParagraphs(bytes)
    for line in lines(bytes) {
        readRelations(line)
        _ = try? releaseDate(line)
        _ = Keyring.keyrings(line)
    }
    readRelations(text)
    readVersions(text)
    _ = try? armoredKeys(bytes)
    if let release = try? ReleaseFile(bytes) {
        _ = (release.archive, release.listing("main/binary-amd64/Packages.xz"))
        for suite in release.suites { try? release.check(suite: suite, now: 0) }
    }
    resolve(bytes)
    return 0
}

private func readParagraphs(_ bytes: [UInt8]) {
    for fields in FieldParagraph.paragraphs(bytes) {
        for field in ["package", "depends", "source"] { _ = fields.words(field) }
        for field in ["depends", "provides", "conflicts"] { readRelations(fields[field] ?? "") }
    }
}

/// What is read of relations says the same when it is written and read again.
private func readRelations(_ text: String) {
    guard let groups = try? RelationGroup.groups(text, architecture: "amd64") else { return }
    let written = groups.map(\.description).joined(separator: ", ")
    let again = try? RelationGroup.groups(written, architecture: "amd64")
    hold(again == groups, "`\(written)` is read another way")
}

private func readVersions(_ text: String) {
    let words = text.utf8.split { [0x09, 0x0A, 0x20, 0x28, 0x29, 0x2C].contains($0) }.prefix(6)
    holdOrder(words.map { DebianVersion(String(Substring($0))) }) { $0.compared(to: $1) }
}

/// Resolves the first packages of a list, each by itself and all together.
private func resolve(_ bytes: [UInt8]) {
    guard let table = try? PackageTable(bytes, archive: "a", suite: "s") else { return }
    let index = PackageIndex(architecture: "amd64", tables: [table, table])
    let names = table.names.sorted().prefix(4)
    for name in names {
        _ = try? index.newest(name)
        _ = try? index.resolve([name])
        _ = try? index.resolve([name], excluding: ["libc6"])
    }
    _ = try? index.resolve(Array(names))
}

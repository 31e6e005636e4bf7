import Diagnostics
import JSON
import PythonPackages
import Testing

@Suite struct PythonTargetTests {
    @Test func `tags have the order of packaging`() throws {
        for row in try packagingTable("tags") {
            let architecture = try #require(PythonTarget.Architecture(rawValue: row[1].string ?? ""))
            let target = try PythonTarget(
                version: row[0].string ?? "",
                architecture: architecture,
                glibc: row[2].string ?? ""
            )
            #expect(target.tags.map(\.description) == row[3].array?.compactMap(\.string))
        }
    }

    @Test func `names of wheels have the parts of packaging`() throws {
        for row in try packagingTable("file-names") {
            let text = try #require(row[0].string)
            let name = try? WheelFileName(parsing: text)
            #expect(name?.name == row[1].string, "`\(text)`")
            #expect(name?.version.description == row[2].string, "`\(text)`")
            let build = row[3].array.map { $0.map { $0.string ?? $0.number?.text ?? "" }.joined() }
            #expect(name.map { $0.build?.description ?? "" } == build, "`\(text)`")
            let tags = name.map { name in
                name.pythons.flatMap { python in
                    name.abis.flatMap { abi in name.platforms.map { "\(python)-\(abi)-\($0)" } }
                }.sorted()
            }
            #expect(tags == row[4].array?.compactMap(\.string), "`\(text)`")
        }
    }

    @Test(arguments: [
        ("2.7", "2.36", "Python 2.7 is not supported, expected 3.8 or a later one"),
        ("3.7.3", "2.28", "Python 3.7.3 is not supported, expected 3.8 or a later one"),
        ("3.11", "3.0", "glibc 3.0 is not supported, expected 2.5 or a later one"),
        ("3", "2.36", "the version has another form, expected one like `3.11`, got `3`"),
        ("3.+11", "2.36", "the version has another form, expected one like `3.11`, got `3.+11`"),
    ])
    func `targets that are not supported are refused`(version: String, glibc: String, message: String) {
        let error = #expect(throws: PythonPackageError.self) {
            try PythonTarget(version: version, architecture: .x86, glibc: glibc)
        }
        #expect(error?.description == message)
    }
}

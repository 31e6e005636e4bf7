import Diagnostics
import JSON
import PythonPackages
import Testing

/// What PyPA's `packaging` says of versions and of the clauses that they are held against.
@Suite struct PythonVersionTests {
    @Test func `versions have the normal form of packaging`() throws {
        let rows = try packagingTable("versions")
        #expect(rows.count > 1200)
        for row in rows {
            let text = try #require(row[0].string)
            #expect(PythonVersion(text)?.description == row[1].string, "`\(text)`")
        }
    }

    @Test func `versions have the order of packaging`() throws {
        for row in try packagingTable("order") {
            let left = try PythonVersion(parsing: row[0].string ?? "")
            let right = try PythonVersion(parsing: row[1].string ?? "")
            let order = left == right ? 0 : left < right ? -1 : 1
            #expect(order == row[2].number?.int, "\(left) and \(right)")
            #expect((left.hashValue == right.hashValue) == (left == right), "\(left) and \(right)")
        }
    }

    @Test func `clauses accept what they accept in packaging`() throws {
        for row in try packagingTable("specifiers") {
            let text = try #require(row[0].string)
            let version = try PythonVersion(parsing: row[1].string ?? "")
            let contains = try? VersionSpecifier(parsing: text).contains(version)
            #expect(contains == row[2].bool, "`\(text)` and \(version)")
        }
    }

    @Test func `pre-releases are chosen as in packaging`() throws {
        for row in try packagingTable("filters") {
            let specifiers = try VersionSpecifiers(parsing: row[0].string ?? "")
            let versions = try (row[1].array ?? []).map { try PythonVersion(parsing: $0.string ?? "") }
            let expected = try (row[2].array ?? []).map { try PythonVersion(parsing: $0.string ?? "") }
            #expect(specifiers.filter(versions) { $0 } == expected, "`\(specifiers)` and \(versions)")
        }
    }

    @Test func `errors say what was expected`() {
        let version = #expect(throws: PythonPackageError.self) { try PythonVersion(parsing: "1.x") }
        #expect(version?.description == "the version has another form, expected one like `1.2.3rc1`, got `1.x`")
        let clause = #expect(throws: PythonPackageError.self) { try VersionSpecifiers(parsing: ">=1,~=2") }
        #expect(clause?.description == "the version specifier has another form, expected one like `>=1.2`, got `~=2`")
    }
}

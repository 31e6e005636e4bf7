import Diagnostics
import JSON
import PythonPackages
import TestSupport
import Testing

@Suite struct PythonRequirementTests {
    static let target = try? PythonTarget(version: "3.11.2", architecture: .x86, glibc: "2.36")

    @Test func `requirements have the parts of packaging`() throws {
        for row in try packagingTable("requirements") {
            let text = try #require(row[0].string)
            let requirement = try? PythonRequirement(parsing: text)
            #expect(requirement?.name == row[1].string, "`\(text)`")
            #expect(requirement?.extras == row[2].array?.compactMap(\.string), "`\(text)`")
            let clauses = requirement?.specifiers.clauses.map(\.description).sorted()
            #expect(clauses == row[3].array?.compactMap(\.string), "`\(text)`")
            #expect((requirement?.marker != nil) == (row[4].bool ?? false), "`\(text)`")
        }
    }

    @Test func `markers hold where they hold in packaging`() throws {
        let target = try #require(Self.target)
        for row in try packagingTable("markers") {
            let text = try #require(row[0].string)
            let marker = try Marker(parsing: text)
            #expect(try marker.holds(for: target, extra: row[1].string ?? "") == row[2].bool, "`\(text)`")
            let again = try Marker(parsing: marker.description)
            #expect(try again.holds(for: target, extra: row[1].string ?? "") == row[2].bool, "`\(marker)`")
        }
    }

    @Test func `what asks for the kernel is refused where that decides`() throws {
        let target = try #require(Self.target)
        let hidden = try Marker(parsing: "platform_release >= '20' and sys_platform == 'darwin'")
        #expect(try !hidden.holds(for: target))
        let known = try Marker(parsing: "platform_version == 'x' or os_name == 'posix'")
        #expect(try known.holds(for: target))
        let open = try Marker(parsing: "platform_release >= '20' and sys_platform == 'linux'")
        let error = #expect(throws: PythonPackageError.self) { try open.holds(for: target) }
        #expect(error?.code == .unsupported)
        #expect(
            error?.description
                == "marker `platform_release >= \"20\" and sys_platform == \"linux\"`: "
                + "the marker asks for the kernel that a container runs on, which is not known here"
        )
    }

    @Test(arguments: [
        (
            "a @ https://a.example/a.whl",
            "a requirement that names a file by its address is not supported, expected a name and versions"
        ),
        ("a[b", "the extras have no end, expected `]`, got ``"),
        ("a (>=1", "the versions have no end, expected `)`, got ``"),
        (
            "a; os_nam == 'x'",
            "the marker names no known variable, expected one such as `python_version`, got `os_nam == 'x'`"
        ),
        ("a; os_name == 'x", "the text has no end, expected a quotation mark, got `x`"),
        ("a; os_name is 'x'", "expected an operator such as `==`, got `is 'x'`"),
    ])
    func `errors name the requirement and what was expected`(text: String, message: String) {
        let error = #expect(throws: PythonPackageError.self) { try PythonRequirement(parsing: text) }
        #expect(error?.description == "requirement `\(text)`: \(message)")
    }

    @Test func `parentheses without end are refused, not followed`() {
        let text = String(repeating: "(", count: 100_000)
        let error = #expect(throws: PythonPackageError.self) { try Marker(parsing: text) }
        #expect(error?.message == "the parentheses lie too deep, expected at most 64")
    }

    @Test func `damaged requirements end in an error or a requirement`() {
        var random = SeededRandom(seed: 1)
        let target = Self.target
        let text = Array(
            "requests[socks,a] (>=2.8.1,==2.8.*) ; python_version < '2.7' and (extra == 'b' or os_name in 'é')".utf8
        )
        for _ in 0..<5000 {
            let damaged = String(decoding: mutated(text, with: &random), as: UTF8.self)
            guard let requirement = try? PythonRequirement(parsing: damaged), let target else { continue }
            _ = try? requirement.marker?.holds(for: target)
        }
    }
}

import Diagnostics
import PythonPackages
import TestSupport
import Testing

@Suite struct CoreMetadataTests {
    static let text = """
        Metadata-Version: 2.1
        Name: Some.Package
        Version: 1.0RC1
        Summary: one
                line more
        Classifier: License :: OSI Approved :: BSD License
        Classifier: Programming Language :: Python
        License: BSD
                with a second line
        Requires-Python: >=3.9, !=3.9.1
        Requires-Dist: numpy (>=1.22)
        Requires-Dist: pytest>=7 ; extra == 'Test_All'
        Provides-Extra: Test_All

        Requires-Dist: not-this-one
        """

    @Test func `fields are read up to the first empty line`() throws {
        let metadata = try CoreMetadata(Array(Self.text.utf8))
        #expect(metadata.name == "Some.Package")
        #expect(metadata.version.description == "1.0rc1")
        #expect(metadata.requires.map(\.description) == ["numpy>=1.22", "pytest>=7"])
        #expect(metadata.requiresPython.description == ">=3.9,!=3.9.1")
        #expect(metadata.extras == ["test-all"])
    }

    @Test func `lines that end as on Windows are the same`() throws {
        let text = Self.text.replacing("\n", with: "\r\n")
        let metadata = try CoreMetadata(Array(text.utf8))
        #expect(metadata.version.description == "1.0rc1")
        #expect(metadata.requires.count == 2)
    }

    @Test func `a malformed Requires-Python restricts nothing, as with pip`() throws {
        let text = Self.text.replacing(">=3.9, !=3.9.1", with: ">=3.9.*")
        #expect(try CoreMetadata(Array(text.utf8)).requiresPython.clauses == [])
    }

    @Test(arguments: [
        ("Name: a\n", "`Version` is missing, expected one of PEP 440"),
        ("Name: a\nVersion: x\n", "`Version` is missing, expected one of PEP 440"),
        ("Version: 1\n", "`Name` is missing, expected the name of a project"),
        ("Name: a/b\nVersion: 1\n", "`Name` is missing, expected the name of a project"),
        ("Metadata-Version: 3.0\nName: a\nVersion: 1\n", "`Metadata-Version` `3.0` is not read here, expected 1 or 2"),
    ])
    func `what is no metadata is refused`(text: String, message: String) {
        let error = #expect(throws: PythonPackageError.self) { try CoreMetadata(Array(text.utf8)) }
        #expect(error?.description == message)
    }

    @Test func `requirements and clauses without end are refused`() {
        let start = "Name: a\nVersion: 1\n"
        let many = start + String(repeating: "Requires-Dist: b\n", count: 4097)
        let fields = #expect(throws: PythonPackageError.self) { try CoreMetadata(Array(many.utf8)) }
        #expect(fields?.message == "there are 4097 fields `Requires-Dist`, expected at most 4096")
        let long = start + "Requires-Dist: b" + String(repeating: ">1,", count: 257)
        let clauses = #expect(throws: PythonPackageError.self) { try CoreMetadata(Array(long.utf8)) }
        #expect(clauses?.message == "there are 257 version specifiers, expected at most 256")
    }

    @Test func `damaged metadata ends in an error or metadata`() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<3000 { _ = try? CoreMetadata(mutated(Array(Self.text.utf8), with: &random)) }
    }
}

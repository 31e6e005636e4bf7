import DebianPackages
import Diagnostics
import TestSupport
import Testing

@Suite struct RelationTests {
    static let fields: [(text: String, groups: [String])] = [
        ("", []),
        (" , ", []),
        ("libc6", ["libc6"]),
        ("libc6 (>= 2.34), python3:any (<< 3.12)", ["libc6 (>= 2.34)", "python3:any (<< 3.12)"]),
        (
            "debconf (>= 0.5) | debconf-2.0\n, x(=1:2.0~rc1-1+b1)",
            ["debconf (>= 0.5) | debconf-2.0", "x (= 1:2.0~rc1-1+b1)"]
        ),
        ("a (< 1), b (> 1)", ["a (<= 1)", "b (>= 1)"]),
        ("a [amd64 i386], b [!amd64], c [linux-any], d [any-arm64] | e", ["a", "c", "e"]),
        ("gcc:amd64, make:native <!nocheck>", ["gcc:amd64", "make"]),
    ]

    @Test(arguments: fields) func `a field is read as it is written`(text: String, groups: [String]) throws {
        #expect(try RelationGroup.groups(text, architecture: "amd64").map(\.description) == groups)
    }

    static let mistakes: [(text: String, words: String)] = [
        ("a |", "the relation has another form, expected a package name at character 1, got ``"),
        ("a (>= )", "the relation has another form, expected a version and `)` at character 7, got `a (>= )`"),
        (
            "a (~ 1)",
            "the relation has another form, expected one of `<<`, `<=`, `=`, `>=`, `>>` at character 4, got `a (~ 1)`"
        ),
        ("a [amd64", "the relation has another form, expected the end of a list at character 9, got `a [amd64`"),
        (
            "a b",
            "the relation has another form, expected `(`, `[` or the end of the relation at character 3, got `a b`"
        ),
        ("a:", "the relation has another form, expected an architecture behind `:` at character 3, got `a:`"),
    ]

    @Test(arguments: mistakes) func `another form is refused`(text: String, words: String) {
        let error = #expect(throws: DebianPackagesError.self) {
            try RelationGroup.groups(text, architecture: "amd64")
        }
        #expect(error?.message == words)
    }

    @Test func `mutations never trap`() {
        let bytes = Array("a (>= 1:2.0~rc1-1+b1) [amd64 !i386] <x> | b:any (<< 3), c [any-amd64]".utf8)
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            var copy = bytes
            copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            _ = try? RelationGroup.groups(String(decoding: copy, as: UTF8.self), architecture: "amd64")
        }
    }
}

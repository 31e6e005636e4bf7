import Diagnostics
import OCIImage
import Testing

@Suite struct ImageReferenceTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    /// From the table of `reference_test.go` and `normalize_test.go` in github.com/distribution/reference.
    static let accepted: [(text: String, full: String, familiar: String)] = [
        ("iris", "docker.io/library/iris:latest", "iris:latest"),
        ("iris:1", "docker.io/library/iris:1", "iris:1"),
        ("docker.io/library/iris:1", "docker.io/library/iris:1", "iris:1"),
        ("acme/iris:1.0-rc_2", "docker.io/acme/iris:1.0-rc_2", "acme/iris:1.0-rc_2"),
        ("localhost/iris:1", "localhost/iris:1", "localhost/iris:1"),
        ("localhost:5000/a/b:tag", "localhost:5000/a/b:tag", "localhost:5000/a/b:tag"),
        (
            "test.com:8080/foo/foo_bar.com", "test.com:8080/foo/foo_bar.com:latest",
            "test.com:8080/foo/foo_bar.com:latest"
        ),
        ("test_com/foo", "docker.io/test_com/foo:latest", "test_com/foo:latest"),
        ("a/b__c/d--e", "docker.io/a/b__c/d--e:latest", "a/b__c/d--e:latest"),
        ("iris@" + digest, "docker.io/library/iris@" + digest, "iris@" + digest),
        ("iris:1@" + digest, "docker.io/library/iris:1@" + digest, "iris:1@" + digest),
        ("foo/foo_bar.com:8080", "docker.io/foo/foo_bar.com:8080", "foo/foo_bar.com:8080"),
    ]

    /// Names of which the short form would be another image's: a host, or a repository of somebody.
    static let ambiguous: [(text: String, familiar: String)] = [
        ("docker.io/ghcr.io/iris", "docker.io/ghcr.io/iris:latest"),
        ("docker.io/localhost/iris:1", "docker.io/localhost/iris:1"),
        ("docker.io/library/acme/iris:1", "library/acme/iris:1"),
        ("docker.io/library/ghcr.io/iris:1", "library/ghcr.io/iris:1"),
        ("docker.io/library/ghcr.io:1", "ghcr.io:1"),
    ]

    @Test(arguments: ambiguous)
    func `a name is no shorter than what names the same image`(text: String, familiar: String) throws {
        let reference = try ImageReference(parsing: text)
        #expect(reference.familiarName == familiar)
        #expect(try ImageReference(parsing: reference.familiarName) == reference)
    }

    @Test(arguments: accepted)
    func `a name is read in full and written short`(text: String, full: String, familiar: String) throws {
        let reference = try ImageReference(parsing: text)
        #expect(reference.description == full)
        #expect(reference.familiarName == familiar)
    }

    static let refused = [
        "", ":justtag", "@" + digest, "Uppercase:tag", "test:5000/Uppercase/lowercase:tag", "a//b", "/a", "a/", "-a/b",
        "a/b-", "a/b___c", "a..b", "a_.b", "aa/asdf$$^/aa", "xn--n3h.com/myimage:xn--n3h.com@sha512:ff", "iris:",
        "iris:-x", "iris:" + String(repeating: "x", count: 129), "-host.com/a", "host.com:port/a",
        "a" + String(repeating: "/a", count: 128), "iris@sha256:abc", "é", "a b",
    ]

    @Test(arguments: refused) func `what the grammar does not have is a mistake of usage`(text: String) {
        let error = #expect(throws: OCIImageError.self) { try ImageReference(parsing: text) }
        #expect(error?.kind == .usage)
    }

    @Test func `the words name the part and its form`() {
        let error = #expect(throws: OCIImageError.self) { try ImageReference(parsing: "Iris:1") }
        #expect(
            error?.description
                == "image name `Iris:1`: the repository has another form, expected lower-case letters and "
                + "digits, separated by `.`, `_`, `-`, `/`"
        )
    }

    @Test func `the base name is the last part of the repository`() throws {
        #expect(try ImageReference(parsing: "ghcr.io/acme/iris-model:1").baseName == "iris-model")
    }
}

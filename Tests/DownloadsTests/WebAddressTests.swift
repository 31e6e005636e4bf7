import Diagnostics
import Downloads
import Testing

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("https://Host:443/a/b?c=d#e", "https://host:443/a/b?c=d"), ("http://127.0.0.1", "http://127.0.0.1/"),
        ("https://h?x", "https://h/?x"), ("https://[::1]:5000/v2/", "https://[::1]:5000/v2/"),
    ])
    func `addresses are read`(text: String, whole: String) throws {
        #expect(try WebAddress(parsing: text).text == whole)
    }

    @Test(arguments: [
        "", "ftp://h/", "https://", "https:///a", "https://user@h/", "https://a.b\\@c/", "https://a b/", "https://h/\n",
        "https://a:1:2/", "javascript:x", "https://h\u{e9}/",
    ])
    func `what two readers may take for different hosts is refused`(text: String) {
        let error = #expect(throws: DownloadError.self) { try WebAddress(parsing: text) }
        #expect(error?.message == "the address has another form, expected `https://host/path`")
    }

    /// The cases are those of RFC 3986, section 5.4, that a `Location` may have.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("/g", "http://a/g"), ("//g/x", "http://g/x"), ("?y", "http://a/b/c/d?y"),
        ("g?y", "http://a/b/c/g?y"), ("https://x.y/z?q=1", "https://x.y/z?q=1"),
        ("/v2/u?next=http://b/", "http://a/v2/u?next=http://b/"),
    ])
    func `locations are resolved`(location: String, whole: String) throws {
        #expect(try WebAddress(parsing: "http://a/b/c/d?q").resolving(location).text == whole)
    }

    @Test func `fields join the query that is there`() throws {
        let address = try WebAddress(parsing: "https://h/u?state=a%2Fb")
        #expect(address.adding([("digest", "sha256:0 ä")]).text == "https://h/u?state=a%2Fb&digest=sha256%3A0%20%C3%A4")
        #expect(try WebAddress(parsing: "https://h/u?").adding([("a", "b")]).text == "https://h/u?a=b")
    }

    @Test(arguments: [
        ("https://h/a", "https://h:443/b", true), ("https://h/", "http://h/", false),
        ("http://h/", "http://h:80/", true),
        ("https://h/", "https://h:444/", false), ("https://h/", "https://h.evil/", false),
        ("https://[::1]/", "https://[::1]:443/", true),
    ])
    func `an origin is a scheme, a host and a port`(left: String, right: String, isSame: Bool) throws {
        #expect(try WebAddress(parsing: left).hasSameOrigin(as: WebAddress(parsing: right)) == isSame)
    }

    @Test func `messages do not show the query`() throws {
        #expect(try WebAddress(parsing: "https://h/a?signature=x").description == "https://h/a")
    }

    @Test func `the loopback is told from names that look like it`() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"] { #expect(isLoopbackHost(host)) }
        for host in ["127.0.0.1.evil.io", "localhost.evil.io", "127.0.0", "127.0.0.x", "1.127.0.0", "[::2]"] {
            #expect(!isLoopbackHost(host))
        }
    }
}

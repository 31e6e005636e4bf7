import ContentStore
import Diagnostics
import Downloads
import Files
import PythonPackages
import TestSupport
import Testing

@Suite struct PackageIndexTests {
    private func locked(_ index: TestIndex, _ indexes: PackageIndexes, _ requirement: String = "a") throws
        -> [LockedWheel]
    {
        try resolve([PythonRequirement(parsing: requirement)], for: TestIndex.target(), from: indexes, index.downloader)
    }

    @Test func `a page in HTML is read when there is none in JSON`() throws {
        let index = try TestIndex()
        let (old, new) = (TestWheel(name: "a", version: "1.0"), TestWheel(name: "a", version: "2.0"))
        for wheel in [old, new] { index.server.serve("/files/\(wheel.file)", try wheel.bytes) }
        let page = """
            <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3"></head><body>
            <!-- <a href="../../files/a-9.0-py3-none-any.whl#sha256=00">a</a> -->
            <A HREF='../../files/\(old.file)#sha256=\(Digest(of: try old.bytes).hex)' data-requires-python="&gt;=3.8,&#60;4">a</A>
            <a data-yanked="" href="../../files/\(new.file)#sha256=\(Digest(of: try new.bytes).hex)">a</a>
            <a href="a-3.0-py3-none-any.whl#md5=00">a</a><a>b</a><a href="http://[">c</a>
            """
        index.server.serve("/simple/a/", Array(page.utf8), type: "text/html; charset=utf-8")
        #expect(try locked(index, index.indexes).map(\.version) == ["1.0"])
        #expect(try locked(index, index.indexes, "a==2").map(\.version) == ["2.0"])
    }

    @Test(arguments: [
        (
            "text/html", "<meta name=\"pypi:repository-version\" content=\"2.0\">",
            "version `2.0` of the interface of indexes is not read here, expected 1"
        ),
        (
            "application/vnd.pypi.simple.v1+json", #"{"meta": {"api-version": "2.0"}}"#,
            "version `2.0` of the interface of indexes is not read here, expected 1"
        ),
        (
            "application/vnd.pypi.simple.v1+json", #"{"meta": {"api-version": "1.0"}}"#,
            "`files` is missing, expected an array"
        ),
        ("image/png", "x", "the page has another type, expected JSON or HTML of an index, got `image/png`"),
    ])
    func `a page that is none of an index is refused`(type: String, page: String, message: String) throws {
        let index = try TestIndex()
        index.server.serve("/simple/a/", Array(page.utf8), type: type)
        let error = #expect(throws: PythonPackageError.self) { try locked(index, index.indexes) }
        #expect(error?.description == "`\(index.server.address)/simple/a/`: \(message)")
    }

    @Test func `a size that no file has is not taken`() throws {
        let index = try TestIndex()
        for name in ["a", "b"] {
            let wheel = TestWheel(name: name, version: "1.0")
            let bytes = try wheel.bytes
            index.server.serve("/files/\(wheel.file)", bytes)
            index.addFile(
                """
                {"filename": "\(wheel.file)", "url": "/files/\(wheel.file)", "size": 4611686018427387909,
                 "hashes": {"sha256": "\(Digest(of: bytes).hex)"}}
                """,
                of: name
            )
            #expect(try locked(index, index.indexes, name).map(\.byteCount) == [bytes.count])
        }
    }

    @Test func `metadata beside a wheel saves the wheel`() throws {
        let index = try TestIndex()
        let wheel = TestWheel(name: "a", version: "1.0")
        try index.add(wheel, #""core-metadata": {"sha256": "\#(Digest(of: wheel.metadata).hex)"}"#)
        index.server.serve("/files/\(wheel.file).metadata", wheel.metadata)
        #expect(try locked(index, index.indexes).map(\.version) == ["1.0"])
        #expect(index.server.requests == ["/simple/a/", "/files/\(wheel.file).metadata"])
        index.server.serve("/files/\(wheel.file).metadata", Array("Name: x\n".utf8))
        let other = try TestIndex()
        try other.add(wheel, #""core-metadata": {"sha256": "\#(Digest(of: wheel.metadata).hex)"}"#)
        other.server.serve("/files/\(wheel.file).metadata", Array("Name: x\n".utf8))
        let error = #expect(throws: DownloadError.self) { try locked(other, other.indexes) }
        #expect(error?.code == .digestMismatch)
    }

    @Test func `what was read of a wheel is not read again`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0"))
        _ = try locked(index, index.indexes)
        _ = try locked(index, index.indexes)
        #expect(index.server.requests == ["/simple/a/", "/files/a-1.0-py3-none-any.whl", "/simple/a/"])
    }

    @Test func `bytes that are not those of the index are refused`() throws {
        let index = try TestIndex()
        let wheel = TestWheel(name: "a", version: "1.0")
        try index.add(wheel)
        let length = try wheel.bytes.count
        index.server.serve("/files/\(wheel.file)", [UInt8](repeating: 0, count: length))
        let error = #expect(throws: DownloadError.self) { try locked(index, index.indexes) }
        #expect(error?.code == .digestMismatch)
    }

    @Test func `credentials go to their server alone, and into no message`() throws {
        let index = try TestIndex()
        let other = try TestIndex()
        let wheel = TestWheel(name: "a", version: "1.0")
        let bytes = try wheel.bytes
        index.server.serve("/files/\(wheel.file)", bytes)
        let address = index.server.address.replacing("http://", with: "http://me:s%20cret@")
        index.server.serve("/simple/a/", [], faults: [.redirect("/mirror/a/")])
        let page =
            #"{"files": [{"filename": "\#(wheel.file)", "url": "/files/\#(wheel.file)", "size": \#(bytes.count), "hashes": {"sha256": "\#(Digest(of: bytes).hex)"}}]}"#
        index.server.serve("/mirror/a/", Array(page.utf8), type: "application/vnd.pypi.simple.v1+json")
        let indexes = try PackageIndexes(indexes: [address + "/simple"])
        #expect(try locked(index, indexes).map(\.version) == ["1.0"])
        let encoded = "Basic bWU6cyBjcmV0"
        #expect(
            index.server.credentials
                == ["/simple/a/ \(encoded)", "/mirror/a/ \(encoded)", "/files/\(wheel.file) \(encoded)"]
        )
        #expect(indexes.descriptions == [index.server.address + "/simple"])

        try other.add(TestWheel(name: "b", version: "1.0"))
        index.server.serve("/simple/b/", [], faults: [.redirect(other.server.address + "/simple/b/")])
        #expect(try locked(index, indexes, "b").map(\.version) == ["1.0"])
        #expect(other.server.credentials == [])

        index.server.serve("/simple/c/", [], faults: [.status(403)])
        let error = #expect(throws: DownloadError.self) { try locked(index, indexes, "c") }
        #expect(error?.description == "`\(index.server.address)/simple/c/`: the server answered 403")
        let wrong = #expect(throws: PythonPackageError.self) {
            try PackageIndexes(indexes: ["https://me:secret@ho st/"])
        }
        #expect(wrong?.description == "the address of an index has another form, expected `https://host/path`")
    }

    @Test func `a server that is busy is asked again`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0"))
        let page = #"{"files": []}"#
        index.server.serve(
            "/simple/z/",
            Array(page.utf8),
            type: "application/vnd.pypi.simple.v1+json",
            faults: [.status(503), .status(429)]
        )
        #expect(throws: PythonPackageError.self) { try locked(index, index.indexes, "z") }
        #expect(index.server.requests.count == 3)
        index.server.serve("/simple/y/", [], faults: (0..<9).map { _ in .redirect("/simple/y/") })
        let error = #expect(throws: DownloadError.self) { try locked(index, index.indexes, "y") }
        #expect(error?.message == "the server leads on and on, expected at most 5 redirects")
    }

    @Test func `folders and pages with links stand beside indexes`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0"))
        let (local, linked) = (TestWheel(name: "a", version: "2.0"), TestWheel(name: "a", version: "3.0"))
        let folder = try TemporaryFolder()
        try writeFile(folder.file(local.file), try local.bytes)
        try writeFile(folder.file("a-9.0.tar.gz"), [])
        let indexes = try PackageIndexes(
            indexes: [index.server.address + "/simple"],
            findLinks: ["file://" + folder.path]
        )
        let chosen = try locked(index, indexes)
        #expect(chosen.map(\.version) == ["2.0"])
        #expect(chosen[0].digest == Digest(of: try local.bytes))

        index.server.serve("/wheels/\(linked.file)", try linked.bytes)
        let page = "<base href='/wheels/'><a href='./x/../\(linked.file)#sha256=\(Digest(of: try linked.bytes).hex)'>"
        index.server.serve("/links", Array(page.utf8), type: "text/html")
        let links = try PackageIndexes(indexes: [], findLinks: [index.server.address + "/links"])
        #expect(try locked(index, links).map(\.version) == ["3.0"])
    }

    @Test func `a locked wheel is fetched again, and found offline`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0"))
        let wheel = try #require(try locked(index, index.indexes).first)
        let fresh = Downloader(store: try ContentStore(root: index.folder.file("fresh")))
        let path = try wheel.fetch(index.indexes, fresh)
        #expect(try digestOfFile(path).digest == wheel.digest)
        let offline = Downloader(store: fresh.store, isOffline: true)
        #expect(try wheel.fetch(index.indexes, offline) == path)
        let empty = Downloader(store: try ContentStore(root: index.folder.file("empty")), isOffline: true)
        let error = #expect(throws: DownloadError.self) { try wheel.fetch(index.indexes, empty) }
        #expect(error?.code == .offline)
    }

    @Test func `a locked wheel that the index no longer has is named`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0"))
        let wheel = try #require(try locked(index, index.indexes).first)
        let later = try TestIndex()
        try later.add(TestWheel(name: "a", version: "1.1"))
        let gone = #expect(throws: PythonPackageError.self) { try wheel.fetch(later.indexes, later.downloader) }
        #expect(
            gone?.description == "package `a` (1.0): no index has `a-1.0-py3-none-any.whl` any more, "
                + "looked in `\(later.server.address)/simple`"
        )
        try later.add(TestWheel(name: "a", version: "1.0", requires: ["b"]))
        let other = #expect(throws: PythonPackageError.self) { try wheel.fetch(later.indexes, later.downloader) }
        #expect(other?.code == .conflict)
        #expect(other?.hint == "lock the environment anew")
    }

    @Test func `damaged pages end in an error or a page`() throws {
        let html = Array(
            "<base href='x'><a href=\"../a-1.0-py3-none-any.whl#sha256=00\" data-requires-python='&gt;=3&#x41;'>a</a><!-- -->"
                .utf8
        )
        let index = try TestIndex()
        var random = SeededRandom(seed: 1)
        for _ in 0..<150 {
            index.server.serve("/simple/a/", mutated(html, with: &random), type: "text/html")
            _ = try? locked(index, index.indexes)
        }
    }
}

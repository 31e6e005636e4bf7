import ContentStore
import Diagnostics
import Downloads
import PythonPackages
import TestSupport
import Testing

@Suite struct ResolutionTests {
    @Test func `the newest versions that fit are chosen`() throws {
        let index = try TestIndex()
        for version in ["1.0", "1.1", "2.0", "2.1rc1"] { try index.add(TestWheel(name: "b", version: version)) }
        try index.add(
            TestWheel(
                name: "a",
                version: "1.0",
                requires: ["b<2", "c; extra == 'x'", "d; os_name == 'nt'"],
                fields: ["Provides-Extra: x"]
            )
        )
        try index.add(TestWheel(name: "c", version: "1.0", requires: ["A[y]"]))
        #expect(try index.resolve("b") == ["b 2.0"])
        #expect(try index.resolve("b>=2.1rc1") == ["b 2.1rc1"])
        #expect(try index.resolve("a") == ["a 1.0", "b 1.1"])
        #expect(try index.resolve("a[X]") == ["a 1.0", "b 1.1", "c 1.0"])
        #expect(try index.resolve("a; os_name == 'nt'") == [])
    }

    @Test func `a locked wheel names its file and what it requires`() throws {
        let index = try TestIndex()
        let b = TestWheel(name: "b", version: "1.0")
        try index.add(
            TestWheel(
                name: "a",
                version: "1.0",
                requires: ["b", "a[x]; extra == 'all'", "c; extra == 'x'"],
                fields: ["Provides-Extra: all", "Provides-Extra: x"]
            )
        )
        try index.add(b)
        try index.add(TestWheel(name: "c", version: "1.0"))
        let wheels = try resolve(
            [PythonRequirement(parsing: "a[all]")],
            for: TestIndex.target(),
            from: index.indexes,
            index.downloader
        )
        #expect(wheels.map(\.requires) == [["b", "c"], [], []])
        #expect(wheels[1].file == "b-1.0-py3-none-any.whl")
        #expect(wheels[1].digest == Digest(of: try b.bytes))
        #expect(wheels[1].byteCount == (try b.bytes.count))
    }

    @Test func `an extra that nobody has is refused where somebody asked for it`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0", requires: ["b[z]"], fields: ["Provides-Extra: socks"]))
        try index.add(TestWheel(name: "b", version: "1.0"))
        #expect(try index.resolve("a[socks]") == ["a 1.0", "b 1.0"])
        let error = #expect(throws: PythonPackageError.self) { try index.resolve("a[sock]") }
        #expect(error?.description == "package `a` (1.0): the package has no extra `sock`")
        #expect(error?.hint == "did you mean `socks`?")
    }

    @Test func `a choice that leads nowhere is taken back`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0", requires: ["c<2"]))
        try index.add(TestWheel(name: "a", version: "2.0", requires: ["c>=2"]))
        try index.add(TestWheel(name: "b", version: "1.0", requires: ["d"]))
        try index.add(TestWheel(name: "d", version: "1.0", requires: ["c<2"]))
        for version in ["1.0", "2.0"] { try index.add(TestWheel(name: "c", version: version)) }
        #expect(try index.resolve("a", "b") == ["a 1.0", "b 1.0", "c 1.0", "d 1.0"])
    }

    @Test func `what is there already stays and is not chosen`() throws {
        let index = try TestIndex()
        for version in ["1.0", "2.0"] {
            try index.add(TestWheel(name: "a", version: version, requires: ["numpy\(version == "2.0" ? ">=2" : "")"]))
        }
        #expect(try index.resolve("a", provided: ["NumPy": "1.24.2"]) == ["a 1.0"])
        let error = #expect(throws: PythonPackageError.self) {
            try index.resolve("a>=2", provided: ["numpy": "1.24.2"])
        }
        #expect(
            error?.description
                == "package `numpy`: no version fits, asked for: `numpy>=2` by `a` 2.0; is there already as `1.24.2`"
        )
        let extras = #expect(throws: PythonPackageError.self) {
            try index.resolve("numpy[x]", provided: ["numpy": "1.24.2"])
        }
        #expect(extras?.message == "extras of a package that is there already are not supported, got `x`")
    }

    @Test func `a conflict says who asks for what`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0", requires: ["c<2"]))
        try index.add(TestWheel(name: "b", version: "3.0", requires: ["c>=2"]))
        for version in ["1.0", "2.0"] { try index.add(TestWheel(name: "c", version: version)) }
        let error = #expect(throws: PythonPackageError.self) { try index.resolve("a", "b") }
        #expect(error?.code == .conflict)
        #expect(
            error?.description == "package `c`: no version fits, asked for: `c<2` by `a` 1.0, `c>=2` by `b` 3.0; "
                + "the newest are `2.0`, `1.0`"
        )
    }

    @Test func `versions that ask for one another end`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0", requires: ["c"]))
        try index.add(TestWheel(name: "a", version: "2.0", requires: ["b"]))
        try index.add(TestWheel(name: "b", version: "1.0", requires: ["a<2"]))
        try index.add(TestWheel(name: "c", version: "1.0", requires: ["a>=2"]))
        let error = #expect(throws: PythonPackageError.self) { try index.resolve("a") }
        #expect(error?.code == .conflict)
    }

    @Test func `the steps are bounded`() throws {
        let index = try TestIndex()
        for name in 0..<6 {
            for version in 1...4 {
                let next = name < 5 ? ["p\(name + 1)"] : ["p0>4"]
                try index.add(TestWheel(name: "p\(name)", version: "\(version)", requires: next))
            }
        }
        let error = #expect(throws: PythonPackageError.self) { try index.resolve("p0", stepLimit: 5) }
        #expect(error?.message == "there is no answer after 5 steps")
        #expect(throws: PythonPackageError.self) { try index.resolve("p0") }
    }

    @Test func `a project without a wheel for the target is refused by the reason`() throws {
        let index = try TestIndex()
        index.addFile(#"{"filename": "s-1.0.tar.gz", "url": "s-1.0.tar.gz", "hashes": {}}"#, of: "s")
        try index.add(TestWheel(name: "w", version: "1.0", tag: "cp311-cp311-win_amd64"))
        try index.add(TestWheel(name: "p", version: "1.0"), #""requires-python": ">=3.12""#)
        index.addFile(#"{"filename": "h-1.0-py3-none-any.whl", "url": "h", "hashes": {"md5": "00"}}"#, of: "h")
        let expected = [
            "u":
                "package `u`: no index knows the project, looked in `\(index.server.address)/simple`; asked for: `u` from outside",
            "s":
                "package `s`: the project has sources alone and no wheel, and mlpack builds none; asked for: `s` from outside",
            "w":
                "package `w`: no wheel of the project runs on Python 3.11.2 on x86_64 with glibc 2.36; asked for: `w` from outside",
            "p":
                "package `p`: no wheel of the project is for Python 3.11.2 on x86_64 with glibc 2.36, the newest asks for Python >=3.12; asked for: `p` from outside",
            "h":
                "package `h`: the index gives no sha256 of its files, and nothing is fetched without one; asked for: `h` from outside",
        ]
        for (name, message) in expected {
            let error = #expect(throws: PythonPackageError.self) { try index.resolve(name) }
            #expect(error?.description == message)
        }
    }

    @Test func `the best wheel of a version is chosen`() throws {
        let index = try TestIndex()
        for tag in [
            "py3-none-any", "cp38-abi3-manylinux2014_x86_64", "1-cp311-cp311-manylinux_2_28_x86_64",
            "2-cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_17_x86_64",
            "cp311-cp311-manylinux_2_40_x86_64", "cp311-cp311-manylinux_2_28_aarch64",
        ] {
            try index.add(TestWheel(name: "a", version: "1.0", tag: tag))
        }
        let wheels = try resolve(
            [PythonRequirement(parsing: "a")],
            for: TestIndex.target(),
            from: index.indexes,
            index.downloader
        )
        #expect(wheels.map(\.file) == ["a-1.0-2-cp311-cp311-manylinux_2_28_x86_64.whl"])
    }

    @Test func `what was yanked is taken only when it is named`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0"))
        try index.add(TestWheel(name: "a", version: "2.0"), #""yanked": "broken""#)
        #expect(try index.resolve("a") == ["a 1.0"])
        #expect(try index.resolve("a==2.0") == ["a 2.0"])
        #expect(throws: PythonPackageError.self) { try index.resolve("a>=2") }
    }

    @Test func `a version whose metadata is no good is passed over`() throws {
        let index = try TestIndex()
        try index.add(TestWheel(name: "a", version: "1.0"))
        try index.add(TestWheel(name: "a", version: "2.0", requires: ["b>>1"]))
        try index.add(TestWheel(name: "a", version: "3.0", fields: ["Requires-Python: <3.9"]))
        #expect(try index.resolve("a") == ["a 1.0"])
        let error = #expect(throws: PythonPackageError.self) { try index.resolve("a>2") }
        #expect(error?.message == "the package is for Python <3.9, got 3.11.2")
    }
}

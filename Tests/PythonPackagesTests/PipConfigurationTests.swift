import Files
import Foundation
import PythonPackages
import TestSupport
import Testing

@Suite struct PipConfigurationTests {
    @Test func `a machine without configuration has the index of PyPA`() throws {
        let configuration = try PipConfiguration(environment: [:], root: try TemporaryFolder().path)
        #expect(configuration.indexes == ["https://pypi.org/simple"])
        #expect(configuration.findLinks == [])
    }

    @Test func `files and variables override one another as in pip`() throws {
        let folder = try TemporaryFolder()
        try makeFolders(folder.file("etc"))
        try makeFolders(folder.file("home/.config/pip"))
        try writeFile(
            folder.file("etc/pip.conf"),
            Array(
                "[global]\nindex_url = https://shared.example/simple\nextra-index-url: https://one.example\n  https://two.example\n# x\n"
                    .utf8
            )
        )
        try writeFile(
            folder.file("home/.config/pip/pip.conf"),
            Array(
                "[global]\nindex-url=https://own.example/simple\n[install]\nfind-links =\n    /wheels\n    ~/mine\n"
                    .utf8
            )
        )
        let home = ["HOME": folder.file("home")]
        let configuration = try PipConfiguration(environment: home, root: folder.path)
        #expect(configuration.indexes == ["https://own.example/simple", "https://one.example", "https://two.example"])
        #expect(configuration.findLinks == ["/wheels", folder.file("home/mine")])

        let variables = home.merging(["PIP_INDEX_URL": "https://variable.example", "PIP_FIND_LINKS": "/a /b"]) { $1 }
        let changed = try PipConfiguration(environment: variables, root: folder.path)
        #expect(changed.indexes.first == "https://variable.example")
        #expect(changed.findLinks == ["/a", "/b"])

        let none = try PipConfiguration(environment: home.merging(["PIP_NO_INDEX": "1"]) { $1 }, root: folder.path)
        #expect(none.indexes == [])
        let off = try PipConfiguration(
            environment: home.merging(["PIP_CONFIG_FILE": "/dev/null"]) { $1 },
            root: folder.path
        )
        #expect(off.indexes == ["https://pypi.org/simple"])
        try writeFile(folder.file("mine.conf"), Array("[global]\nindex-url = https://mine.example\n".utf8))
        let mine = try PipConfiguration(
            environment: home.merging(["PIP_CONFIG_FILE": folder.file("mine.conf")]) { $1 },
            root: folder.path
        )
        #expect(mine.indexes.first == "https://mine.example")
    }

    @Test func `pip reads the same from a file`() throws {
        guard hasPip else { return }
        let folder = try TemporaryFolder()
        let text =
            "[global]\nIndex_Url : https://a.example/x=y\n\n; c\n[other]\nx=1\n[global2]\nindex-url=no\n[install]\nextra-index-url =\n\n  https://b.example\n  # c\n  https://c.example\n"
        try writeFile(folder.file("pip.conf"), Array(text.utf8))
        let listed = try runTool("PIP_CONFIG_FILE=\"$1\" python3 -m pip config list", [folder.file("pip.conf")]).output
        let configuration = try PipConfiguration(
            environment: ["PIP_CONFIG_FILE": folder.file("pip.conf")],
            root: folder.path
        )
        #expect(listed.contains("'\(configuration.indexes[0])'"))
        #expect(listed.contains(configuration.indexes.dropFirst().joined(separator: "\\n")))
    }
}

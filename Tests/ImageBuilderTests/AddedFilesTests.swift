import Diagnostics
import Environments
import ImageBuilder
import TestSupport
import Testing

/// Links among what is put into an image.
@Suite struct AddedFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make(_ commands: String) throws {
        let made = try runTool("set -e; mkdir -p given/sub; echo 1 >given/sub/file; \(commands)", folder: folder.path)
        try #require(made.status == 0, "\(made.errors)")
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do { try body() } catch { return DiagnosticText(error).description }
        return "nothing is refused"
    }

    @Test(
        arguments: [
            ("ln -s /etc/hostname given/link", "/etc/hostname"),
            ("echo 2 >secret; ln -s ../secret given/link", "../secret"),
            ("echo 2 >secret; ln -s sub/../../secret given/link", "sub/../../secret"),
            ("echo 2 >secret; ln -s . given/q; ln -s q/sub/../../secret given/link", "q/sub/../../secret"),
            ("ln -s ../given/sub/file given/link", "../given/sub/file"),
        ]
    )
    func `a link that leads out of an added folder is refused by name`(commands: String, target: String) throws {
        try make(commands)
        let words = refusal { _ = try AddedFiles([(source: folder.file("given"), path: "/app")]) }
        #expect(
            words == """
                error: `\(folder.file("given/link"))`: the link leads out of the folder `\(folder.file("given"))`, got \
                `\(target)`
                hint: `cp -rL` makes a copy of the folder with files in the place of links
                """
        )
    }

    @Test func `a link that leads nowhere is an error with its name`() throws {
        try make("ln -s nothing given/link")
        let words = refusal { _ = try AddedFiles([(source: folder.file("given"), path: "/app")]) }
        #expect(words.hasPrefix("error: `\(folder.file("given/link"))`: "), "\(words)")
    }

    @Test func `links to files and folders of an added folder are taken`() throws {
        try make("ln -s file given/sub/link; ln -s sub given/folder; ln -s ../sub/file given/sub/other")
        _ = try AddedFiles([(source: folder.file("given"), path: "/app")])
    }

    @Test func `a file of an environment that leads out of its folder is refused`() throws {
        try make("cp \(repositoryRoot)/images/onnx-serve/environment.yaml given; ln -s /etc/hostname given/link")
        let environment = try CuratedEnvironment(folder: folder.file("given"))
        #expect(try environment.path(ofFile: "sub/file") == folder.file("given/sub/file"))
        let words = refusal { _ = try environment.path(ofFile: "link") }
        let place = "error: `\(folder.file("given/link"))`: "
        #expect(words.hasPrefix(place + "the link leads out of the folder of the environment, got `"), "\(words)")
    }
}

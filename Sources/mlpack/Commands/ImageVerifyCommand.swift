import ArgumentParser
import ContentStore
import Diagnostics
import Glibc
import JSON
import OCIArchive
import OCIImage

struct ImageVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hold an image against its own digests and the rules of its layers.",
        discussion: """
            Every digest and size, every diff_id; in each layer, paths that stand twice or climb, links that lead out, \
            entries below what is no folder, and whiteouts that hide what they should not. Exit codes: 0 all is well, \
            1 something is wrong.
            """
    )

    @Argument(help: "An archive, an OCI layout, or the name of an image in a registry.", completion: .file())
    var image: String

    @OptionGroup var choice: ImageChoice

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() throws {
        let opened = try choice.open(image)
        let found: [LayerFinding]
        do {
            try OCIArchive.validate(opened)
            found = try findings(in: opened)
        } catch let error as any Diagnostic {
            throw isLocal(image) ? error.within(.file(image)) : error.within(.item("image", image))
        }
        if json {
            let findings = found.map { finding -> JSONValue in
                [
                    "layer": .string(finding.layer.description), "path": .string(finding.path),
                    "message": .string(finding.words),
                ]
            }
            printJSON(["digest": .string(opened.digest.description), "findings": .array(findings)])
        } else {
            for finding in found { print(printable(finding.description)) }
            if found.isEmpty {
                print("`\(image)`: valid, \(opened.digest), \(opened.manifest.layers.count) layers")
            }
        }
        if !found.isEmpty { throw ExitCode(ProcessExit.notPossible.rawValue) }
    }
}

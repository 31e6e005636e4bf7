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
        abstract: "Hold an image against its own digests and the rules of its layers, and against a key.",
        discussion: """
            With --key, the image has to have a signature by that key over its digest, for the repository that it is in; \
            --require asks for documents that the key attests.

            Every digest and size, every diff_id; in each layer, paths that stand twice or climb, links that lead out, \
            entries below what is no folder, and whiteouts that hide what they should not. Exit codes: 0 all is well, \
            1 something is wrong.
            """
    )

    @Argument(help: "An archive, an OCI layout, or the name of an image in a registry.", completion: .file())
    var image: String

    @OptionGroup var trust: TrustArguments

    @OptionGroup var choice: ImageChoice

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() throws {
        let trusted = try trust.check(image, choice)
        let opened = try choice.open(trusted?.pinnedOperand ?? image)
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
            var object: JSONObject = ["digest": .string(opened.digest.description), "findings": .array(findings)]
            object["trust"] = trusted?.json
            printJSON(.object(object))
        } else {
            if let trusted { print(printable(trusted.text)) }
            for finding in found { print(printable(finding.description)) }
            if found.isEmpty {
                print("`\(image)`: valid, \(opened.digest), \(opened.manifest.layers.count) layers")
            }
        }
        if !found.isEmpty { throw ExitCode(ProcessExit.notPossible.rawValue) }
    }
}

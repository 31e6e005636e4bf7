import ArgumentParser
import ContentStore
import JSON
import OCIArchive
import OCIImage

struct ImageExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Take the model, or all files, out of an image.",
        discussion: """
            Writes what a container sees below `/models`, or below another path, into a new folder; of a ModelPack \
            artifact, its files. Nothing leaves the folder: paths that climb, links that lead out and devices are refused.
            """
    )

    @Argument(help: "An archive, an OCI layout, or the name of an image in a registry.", completion: .file())
    var image: String

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The folder to make.", valueName: "folder"))
    var output: String

    @Option(help: "The path in the image.", completion: .none)
    var path = "/models"

    @Flag(help: "Take all files.")
    var all = false

    @OptionGroup var choice: ImageChoice

    @Flag(help: "Print what was written as JSON.")
    var json = false

    func run() throws {
        let below = String(all ? "" : path.drop { $0 == "/" })
        let digest: Digest
        let extraction: ImageExtraction
        switch try choice.openModel(image) {
        case .artifact(let artifact):
            digest = artifact.digest
            try artifact.checkParts()
            extraction =
                try all || path != "/models"
                ? ImageExtraction(modelImage(of: artifact), below: below, to: output)
                : ImageExtraction(model: artifact, to: output)
        case .image(let image):
            digest = image.digest
            // What comes out of an image is used: bytes that are not what the manifest says must not.
            try image.artifact.checkParts()
            extraction = try ImageExtraction(image, below: below, to: output)
        }
        let report = try extraction.run()
        if json {
            printJSON([
                "digest": .string(digest.description), "output": .string(output),
                "files": .number(JSONNumber(report.fileCount)), "size": .number(JSONNumber(report.byteCount)),
            ])
            return
        }
        if report.relativeLinkCount > 0 {
            standardError("\(report.relativeLinkCount) links to absolute paths lead to the same files by relative ones")
        }
        print("\(output)  \(report.fileCount) files, \(report.byteCount) bytes")
    }
}

import ArgumentParser
import ContentStore
import Files
import JSON
import OCIArchive
import OCIImage
import OCIRegistry
import SupplyChain

struct ImageSBOMCommand: ParsableCommand {
    /// A form of inventory.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case cyclonedx, spdx

        var document: Document.Form { self == .spdx ? .spdx : .cyclonedx }
    }

    static let configuration = CommandConfiguration(
        commandName: "sbom",
        abstract: "Print what an image consists of, as SPDX or CycloneDX.",
        discussion: """
            Prints the document that is attached to the image, or makes one of what is in it: Debian packages by dpkg's \
            database, Python distributions by their metadata, the files of models with their digests, and the server. The \
            same image gives the same document.
            """
    )

    @Argument(help: "An archive, an OCI layout, or the name of an image in a registry.", completion: .file())
    var image: String

    @Option(help: "The form: SPDX 2.3 or CycloneDX 1.5, both as JSON.")
    var format = Form.spdx

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("What to write.", valueName: "path"))
    var output: String?

    @Flag(help: "Look into the image, whatever is attached to it.")
    var scan = false

    @OptionGroup var choice: ImageChoice

    func run() throws {
        let attached = try AttachedImage(image, choice)
        let document = try (scan ? nil : attachedDocument(attached)) ?? scanned(attached)
        guard let output else {
            document.write(.pretty) { print(String(decoding: $0, as: UTF8.self), terminator: "") }
            return print()
        }
        let file = try AtomicFile(path: output)
        try document.write(.pretty) { try file.write($0) }
        try file.write([UInt8(ascii: "\n")])
        try file.commit()
    }

    private func attachedDocument(_ attached: AttachedImage) throws -> JSONStream? {
        let documents = try attached.referrers().flatMap(\.layers).compactMap { try? Document(attached: $0) }
        return documents.first { $0.form == format.document }.map { JSONStream($0.content.object ?? [:]) }
    }

    private func scanned(_ attached: AttachedImage) throws -> JSONStream {
        let inventory = try Inventory(choice.open(attached.pinnedOperand), named: attached.repository ?? image)
        return format == .spdx ? inventory.spdx : inventory.cycloneDX
    }
}

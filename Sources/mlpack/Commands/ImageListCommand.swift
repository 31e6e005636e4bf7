import ArgumentParser
import ContentStore
import Diagnostics
import JSON
import OCIArchive
import OCIImage
import OCIRegistry

struct ImageListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the images of an archive or a layout, or the tags of a repository."
    )

    @Argument(help: "An archive, an OCI layout, or a repository of a registry.", completion: .file())
    var source: String

    @OptionGroup var registry: RegistryArguments

    @Flag(help: "Print as JSON.")
    var json = false

    func run() throws {
        guard !isLocal(source) else { return try listLayout() }
        let tags = try registry.client(ImageReference(parsing: source)).tags()
        if json { printJSON(.array(tags.map { .string($0) })) } else { for tag in tags { print(tag) } }
    }

    private func listLayout() throws {
        let rows = try ImageLayout(source).index.entries.map { entry in
            (
                name: entry.descriptor.annotations[ImageIndex.containerdNameKey]
                    ?? entry.descriptor.annotations[ImageIndex.referenceNameKey] ?? "",
                digest: entry.descriptor.digest.description,
                platform: entry.platform?.description ?? ""
            )
        }
        guard json else {
            for row in rows {
                print(printable([row.name, row.digest, row.platform].filter { !$0.isEmpty }.joined(separator: "  ")))
            }
            return
        }
        printJSON(
            .array(
                rows.map {
                    ["name": .string($0.name), "digest": .string($0.digest), "platform": .string($0.platform)]
                }
            )
        )
    }
}

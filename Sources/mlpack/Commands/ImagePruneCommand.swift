import ArgumentParser
import ContentStore
import Diagnostics
import JSON
import OCIArchive

struct ImagePruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove what is no longer needed from mlpack's cache, or from layouts.",
        discussion: """
            From the cache go the blobs that belong to no layer that was built here: packages, pulled images, and downloads \
            that broke off; whatever is needed again is fetched again. From a layout go the blobs that its index does not \
            lead to. Nothing goes while another process of mlpack uses the same folder.
            """
    )

    @Argument(help: ArgumentHelp("Layouts to prune instead of the cache.", valueName: "layout"), completion: .directory)
    var layouts: [String] = []

    @Option(
        help: ArgumentHelp(
            "Spare what was used within this time: a number with `s`, `m`, `h`, `d` or `w`.",
            valueName: "time"
        )
    )
    var olderThan: String?

    @Flag(help: "Remove the layers that were built here from the cache too.")
    var all = false

    @Flag(help: "Remove nothing, and say what would go.")
    var dryRun = false

    @Flag(help: "Print what went as JSON.")
    var json = false

    func validate() throws {
        if all, !layouts.isEmpty { throw ValidationError("`--all` is for the cache, and a layout is given") }
        _ = try seconds()
    }

    func run() throws {
        let seconds = try seconds()
        var files: [PruningReport.File] = []
        if layouts.isEmpty {
            let store = try ContentStore(root: ContentStore.userCacheFolder)
            files += try store.prune(unusedForSeconds: seconds, includingNamed: all, isDryRun: dryRun).files
        }
        for layout in layouts { files += try pruneLayout(layout, unusedForSeconds: seconds, isDryRun: dryRun).files }
        let byteCount = files.reduce(0) { $0 + $1.byteCount }
        guard !json else {
            printJSON([
                "dryRun": .bool(dryRun),
                "count": .number(JSONNumber(files.count)),
                "size": .number(JSONNumber(byteCount)),
                "files": .array(
                    files.map { ["path": .string($0.path), "size": .number(JSONNumber($0.byteCount))] }
                ),
            ])
            return
        }
        if dryRun { for file in files { print(printable("\(file.path)  \(file.byteCount) bytes")) } }
        print("\(dryRun ? "would remove" : "removed") \(files.count) files, \(byteCount) bytes")
    }

    private func seconds() throws -> Int {
        guard let olderThan else { return 0 }
        let units = ["s": 1, "m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600]
        guard let unit = olderThan.last.flatMap({ units[String($0)] }), let count = Int(olderThan.dropLast()),
            count >= 0, case let (seconds, overflow) = count.multipliedReportingOverflow(by: unit), !overflow
        else {
            throw ValidationError(
                "`--older-than` has another form, expected a number with `s`, `m`, `h`, `d` or `w`, got `\(olderThan)`"
            )
        }
        return seconds
    }
}

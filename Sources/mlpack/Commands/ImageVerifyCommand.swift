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

            Of an image for several platforms all are looked at, unless --platform names one; attestations that stand in \
            its index, as buildx puts them there, are not.

            An image in a registry is fetched whole, whatever the cache has of it.

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
        let opened = try choice.openAllAnew(trusted?.pinnedOperand ?? image)
        let images = opened.platformImages
        guard !images.isEmpty else {
            throw OCIArchiveError(.malformed, at: place, "its index names no image for a platform")
        }
        let found = try images.map { try check($0, isOneOfSeveral: opened.index != nil) }
        if json {
            printJSON(report(opened, images, found, trusted))
        } else {
            if let trusted { print(printable(trusted.text)) }
            for (image, findings) in zip(images, found) { print(printable(text(image, findings, opened))) }
            if opened.index != nil, found.allSatisfy(\.isEmpty) {
                print(printable("`\(image)`: valid, \(opened.digest), \(images.count) platforms"))
            }
        }
        if found.contains(where: { !$0.isEmpty }) { throw ExitCode(ProcessExit.notPossible.rawValue) }
    }

    private var place: Place { isLocal(image) ? .file(image) : .item("image", image) }

    private func check(_ opened: Image, isOneOfSeveral: Bool) throws -> [LayerFinding] {
        do {
            try OCIArchive.validate(opened)
            return try findings(in: opened)
        } catch let error as any Diagnostic {
            let platform = Place.item("platform", opened.config.platform.description)
            throw isOneOfSeveral ? error.within(platform).within(place) : error.within(place)
        }
    }

    private func text(_ checked: Image, _ findings: [LayerFinding], _ opened: PlatformImages) -> String {
        let platform = opened.index == nil ? "" : "\(checked.config.platform): "
        guard findings.isEmpty else { return findings.map { platform + $0.description }.joined(separator: "\n") }
        return "`\(image)`: \(platform)valid, \(checked.digest), \(checked.manifest.layers.count) layers"
    }

    private func report(
        _ opened: PlatformImages,
        _ images: [Image],
        _ found: [[LayerFinding]],
        _ trusted: TrustedImage?
    ) -> JSONValue {
        let findings = zip(images, found).flatMap { image, findings in
            findings.map { finding -> JSONValue in
                [
                    "platform": .string(image.config.platform.description),
                    "layer": .string(finding.layer.description), "path": .string(finding.path),
                    "message": .string(finding.words),
                ]
            }
        }
        let platforms = images.map { image -> JSONValue in
            ["platform": .string(image.config.platform.description), "digest": .string(image.digest.description)]
        }
        var object: JSONObject = [
            "digest": .string(opened.digest.description), "platforms": .array(platforms),
            "findings": .array(findings),
        ]
        object["trust"] = trusted?.json
        return .object(object)
    }
}

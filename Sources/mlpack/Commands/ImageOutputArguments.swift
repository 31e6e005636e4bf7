import ArgumentParser
import ContentStore
import Diagnostics
import Environments
import ImageBuilder
import JSON
import OCIArchive
import OCIImage
import SupplyChain

/// The names of an image that is built, the form it is written in, and the registries it is pushed to.
struct ImageOutputArguments: ParsableArguments {
    @Option(help: ArgumentHelp("A name of the image; may be given more than once.", valueName: "repository:tag"))
    var tag: [String] = []

    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("What to write.", valueName: "path"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The form of the output: "
                + imageSinks.map { "`\($0.name)`, \($0.summary)" }.joined(separator: "; ") + "."
        )
    )
    var format = imageSinks[0].name

    @Option(
        help: ArgumentHelp(
            "Push the image under this name when it is written; may be given more than once.",
            valueName: "host/repository:tag"
        )
    )
    var push: [String] = []

    @Option(
        help: ArgumentHelp(
            "Push the model under this name too, as a ModelPack artifact of the same blob; may be given more than once.",
            valueName: "host/repository:tag"
        )
    )
    var artifact: [String] = []

    @Flag(help: "Attach a list of what the image consists of (SPDX), and how it was built (SLSA provenance).")
    var attest = false

    @OptionGroup var registry: RegistryArguments

    @Flag(help: "Print what was built as JSON.")
    var json = false

    /// The names that the image has where it is written, checked.
    func names() throws -> [ImageReference] {
        var seen: Set<String> = []
        return try tag.map { try ImageReference(parsing: $0) }.filter { name in
            guard name.digest == nil else { throw ValidationError("`\(name)` has a digest, expected a tag") }
            return seen.insert(name.description).inserted
        }
    }

    func validate() throws {
        _ = try imageSink(named: format)
        for name in push + artifact { _ = try ImageReference(parsing: name) }
        if attest, format == "docker-archive" {
            throw ValidationError("`--attest` is given with `docker-archive`, which holds nothing beside an image")
        }
    }

    /// Builds the image for each architecture, writes it, says what was done, and pushes it.
    ///
    /// *Throws*: what the steps throw.
    func build(_ build: ImageBuild, architectures: [String]) throws {
        let names = try names()
        let built = try architectures.map { try build.run(architecture: $0) }
        let images = try built.count == 1 ? PlatformImages(built[0].image) : PlatformImages(built.map(\.image))
        let sink = try output == nil ? nil : imageSink(named: format)
        if let output { try sink?.write(images, names: names, to: output) }
        let digest = WrittenDigest(images, in: sink)
        let store = build.fetcher.store
        try store.collectGarbage(unusedForSeconds: 90 * 24 * 3600)
        if !json {
            for report in built.map(\.report) { show(report, isOneOfMany: built.count > 1) }
            let words = [names.first?.familiarName, digest.text, output].compactMap { $0 }
            print(words.joined(separator: "  "))
        }
        var referrers: [(subject: Digest, items: [Referrer])] = []
        if attest {
            referrers = try built.map { image, _ in
                (
                    image.digest,
                    try build.documents(of: image, names: names).map { document in
                        document.referrer(of: image.descriptor, named: names.first?.familiarName ?? "")
                    }
                )
            }
            if let output { try add(referrers.flatMap(\.items), toLayout: output) }
        }
        let content = PushContent.images(images)
        let pushNames = try push.map { try ImageReference(parsing: $0) }
        var pushed = try mlpack.push(content, as: pushNames, registry, referrers: referrers)
        if !artifact.isEmpty {
            let artifactNames = try artifact.map { try ImageReference(parsing: $0) }
            pushed += try mlpack.push(content.model(), as: artifactNames, registry)
        }
        if json {
            printJSON(json(digest, built.map(\.report), names, pushed))
        } else {
            for push in pushed { push.show() }
        }
    }

    private func show(_ report: ImageBuild.Report, isOneOfMany: Bool) {
        if isOneOfMany { standardError("linux/\(report.architecture)") }
        for layer in report.layers {
            standardError(
                "layer \(layer.descriptor.digest.hex.prefix(12))  \(layer.descriptor.byteCount) bytes  "
                    + layer.createdBy + (layer.isReused ? " (from the cache)" : "")
            )
        }
    }

    private func json(
        _ digest: WrittenDigest,
        _ reports: [ImageBuild.Report],
        _ names: [ImageReference],
        _ pushed: [PushedImage]
    ) -> JSONValue {
        var object = digest.json
        object["names"] = .array(names.map { .string($0.familiarName) })
        object["output"] = output.map { .string($0) } ?? .null
        object["pushed"] = .array(pushed.map(\.json))
        object["platforms"] = .array(
            reports.map { report in
                [
                    "architecture": .string(report.architecture),
                    "layers": .array(report.layers.map(\.json)),
                ]
            }
        )
        return .object(object)
    }
}

extension ImageBuild.Report.Layer {
    fileprivate var json: JSONValue {
        [
            "mediaType": .string(descriptor.mediaType.rawValue),
            "digest": .string(descriptor.digest.description),
            "size": .number(JSONNumber(descriptor.byteCount)),
            "createdBy": .string(createdBy),
            "reused": .bool(isReused),
        ]
    }
}

extension ImageBuild {
    /// The documents of an image that this build made.
    fileprivate func documents(of image: Image, names: [ImageReference]) throws -> [Document] {
        let inventory = try Inventory(image, named: names.first?.familiarName ?? environment.manifest.name)
        var provenance = Provenance(
            environment: environment.manifest.name,
            environmentVersion: environment.manifest.version,
            model: model?.name,
            modelDigest: try model?.digest(),
            lockDigest: environment.lockDigest,
            platform: image.config.platform.description,
            tags: names.map(\.familiarName)
        )
        if let base = environment.manifest.base, let reference = try? ImageReference(parsing: base),
            let digest = reference.digest
        {
            let name = reference.withoutDigest.description
            provenance.base = Inventory.Subject(name: name, digest: digest, architecture: image.config.architecture)
        }
        return [.spdx(inventory), Document(provenance.statement(of: inventory))]
    }
}

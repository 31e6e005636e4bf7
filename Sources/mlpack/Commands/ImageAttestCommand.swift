import ArgumentParser
import Diagnostics
import Files
import JSON
import OCIImage
import OCIRegistry
import SupplyChain

struct ImageAttestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attest",
        abstract: "Attach documents to an image: inventories, provenance, any statement.",
        discussion: """
            A document is SPDX 2, CycloneDX or a statement of in-toto, which it tells itself. With --key it becomes a signed \
            statement that `cosign verify-attestation --key` takes; without, it is attached as it is.
            """
    )

    @Argument(help: "The name of an image in a registry, an OCI layout, or an archive.", completion: .file())
    var image: String

    @Option(
        help: ArgumentHelp("A document; may be given more than once.", valueName: "file.json"),
        completion: .file(extensions: ["json"])
    )
    var document: [String]

    @Option(
        help: ArgumentHelp("The private key: cosign's, PKCS#8 or SEC 1.", valueName: "cosign.key"),
        completion: .file()
    )
    var key: String?

    @Option(
        help: ArgumentHelp(
            "The repository that the statement names; by default the one that the image is in or is named for.",
            valueName: "host/repository"
        )
    )
    var identity: String?

    @OptionGroup var choice: ImageChoice

    func run() throws {
        let documents = try document.map { path -> Document in
            do { return try Document(parsing: readFile(path, limit: Referrer.byteLimit)) } catch let error
                as any Diagnostic
            {
                throw error.place.segments.first == .file(path) ? error : error.within(.file(path))
            }
        }
        let target = try AttachedImage(image, choice, .push)
        let digest = target.descriptor.digest
        for (path, document) in zip(self.document, documents) {
            try locating(.file(path)) { () throws(SupplyChainError) in try document.check(isOf: digest) }
        }
        let name = identity ?? target.identity ?? image
        let key = try self.key.map(signingKey)
        let referrers = try documents.map { document in
            if let key { return try document.attestation(of: target.descriptor, named: name, key: key) }
            return document.referrer(of: target.descriptor, named: name)
        }
        try target.attach(referrers)
        for (document, referrer) in zip(documents, referrers) {
            print(printable("\(document.predicateType)  \(referrer.digest)"))
        }
    }
}

import ArgumentParser
import ContentStore
import JSON
import OCIImage
import OCIRegistry
import Signing
import SupplyChain

struct ImageSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign an image, in a registry or in a layout.",
        discussion: """
            The signature is over the digest and the name of the image, and refers to it: `cosign verify --key` takes it, \
            and `mlpack image push` carries it along from a layout. Of an image for several platforms the index is signed, \
            unless --platform chooses one. An image that the key signed already is left as it is.
            """
    )

    @Argument(help: "The name of an image in a registry, an OCI layout, or an archive.", completion: .file())
    var image: String

    @Option(
        help: ArgumentHelp("The private key: cosign's, PKCS#8 or SEC 1.", valueName: "cosign.key"),
        completion: .file()
    )
    var key: String

    @Option(
        help: ArgumentHelp(
            "The repository that the image is signed for; by default the one that it is in or is named for.",
            valueName: "host/repository"
        )
    )
    var identity: String?

    @OptionGroup var choice: ImageChoice

    @Flag(help: "Print what was signed as JSON.")
    var json = false

    func run() throws {
        let target = try AttachedImage(image, choice, .push)
        guard let identity = identity ?? target.identity else {
            throw ValidationError("`\(image)` names no repository, expected `--identity`")
        }
        let key = try signingKey(key)
        let payload = SignaturePayload(identity: identity, digest: target.descriptor.digest)
        let check = TrustCheck(key: try key.publicKey(), named: self.key, identity: identity)
        let standing = try target.referrers()
        let isSigned = (try? check.report(standing, of: payload.digest)) != nil
        if !isSigned { try target.attach([CosignForm.signature(payload, of: target.descriptor, key: key)]) }
        if json {
            printJSON([
                "digest": .string(payload.digest.description), "identity": .string(identity), "new": .bool(!isSigned),
            ])
        } else {
            if isSigned { standardError("the key signed it already") }
            print("\(identity)@\(payload.digest)")
        }
    }
}

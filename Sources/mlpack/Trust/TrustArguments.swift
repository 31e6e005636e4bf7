import ArgumentParser
import ContentStore
import Diagnostics
import Files
import JSON
import OCIImage
import Signing
import SupplyChain

extension Document.Form: ExpressibleByArgument {}

/// What an image is held against beside its own digests.
struct TrustArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("The public key that has to have signed the image.", valueName: "cosign.pub"),
        completion: .file()
    )
    var key: String?

    @Option(
        help: ArgumentHelp(
            "The repository that the signature has to be for; by default the one that the image is in, or any for a layout.",
            valueName: "host/repository"
        )
    )
    var identity: String?

    @Option(
        help: ArgumentHelp(
            "A document that the key has to attest: "
                + Document.Form.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                + "; may be given more than once.",
            valueName: "document"
        )
    )
    var require: [Document.Form] = []

    func validate() throws {
        guard key == nil, identity != nil || !require.isEmpty else { return }
        throw ValidationError("`\(identity == nil ? "--require" : "--identity")` is given without `--key`")
    }

    /// Holds an image against the key; `nil` when none was given.
    ///
    /// *Throws*: what `TrustCheck.report` throws, and what reading and fetching throws.
    func check(_ image: String, _ choice: ImageChoice) throws -> TrustedImage? {
        guard let path = key else { return nil }
        let key: VerificationKey
        do { key = try VerificationKey(parsing: readFile(path, limit: 1 << 16)) } catch let error as SigningError {
            throw error.within(.file(path))
        }
        let attached = try AttachedImage(image, choice)
        let expected = identity ?? (isLocal(image) ? nil : attached.identity)
        let check = TrustCheck(key: key, named: path, identity: expected)
        do {
            let report = try check.report(attached.referrers(), of: attached.descriptor.digest, requiring: require)
            return TrustedImage(
                pinnedOperand: attached.pinnedOperand,
                descriptor: attached.descriptor,
                keyName: path,
                report: report
            )
        } catch var error as SupplyChainError {
            if error.code == .unsigned, let index = attached.index,
                (try? check.report(attached.referrers(of: index), of: index.digest)) != nil
            {
                error.hint = "the key signed the index `\(index.digest)` that leads to it: verify without `--platform`"
            }
            throw isLocal(image) ? error.within(.file(image)) : error.within(.item("image", image))
        }
    }
}

/// An image that a key signed.
struct TrustedImage {
    let pinnedOperand: String
    /// What is signed: an index, or the manifest for one platform.
    let descriptor: Descriptor
    let keyName: String
    let report: TrustCheck.Report

    /// A line for each signature and document.
    var text: String {
        let what = descriptor.mediaType.isIndex ? "the index" : "the manifest"
        let signatures = report.signatures.map { "`\(keyName)` signed \(what) \($0.digest) for `\($0.identity)`" }
        let attested = report.attested.map { "`\(keyName)` attests \($0.form?.rawValue ?? $0.predicateType)" }
        let unsigned = report.unsigned.map { "attached without a signature: \($0)" }
        let others = report.otherCount == 0 ? [] : ["by other keys: \(report.otherCount)"]
        return (signatures + attested + unsigned + others).joined(separator: "\n")
    }

    var json: JSONValue {
        [
            "digest": .string(descriptor.digest.description),
            "mediaType": .string(descriptor.mediaType.rawValue),
            "identities": .array(report.signatures.map { .string($0.identity) }),
            "attested": .array(report.attested.map { .string($0.predicateType) }),
            "unsigned": .array(report.unsigned.map { .string($0) }),
            "byOtherKeys": .number(JSONNumber(report.otherCount)),
        ]
    }
}

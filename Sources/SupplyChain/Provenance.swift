package import ContentStore
import Diagnostics
import JSON

/// How an image was built, in words that another build can be held against.
///
/// It names no host and no time: the same inputs give the same provenance wherever they are built.
///
/// *Source*: SLSA Provenance v1; docs/trust.md says what the parameters of the `buildType` mean.
package struct Provenance: Sendable, Hashable {
    package static let predicateType = "https://slsa.dev/provenance/v1"
    static let buildType = "https://mlpack.dev/provenance/image-build/v1"

    /// The curated environment, and its version.
    package var environment: String
    package var environmentVersion: String
    /// The name that the model is served under; `nil` for an environment alone.
    package var model: String?
    /// The digest of the model's file, or of the names and digests of its files.
    package var modelDigest: Digest?
    /// The digest of `environment.lock.json`; `nil` when the environment has none.
    package var lockDigest: Digest?
    /// The image below the environment, when it has one: `docker.io/library/debian`.
    package var base: Inventory.Subject?
    /// `linux/amd64`.
    package var platform: String
    /// The names that the image got, without their digest.
    package var tags: [String]
    /// Who built it, when that is to be said: the address of a service.
    package var builder = "https://mlpack.dev/builder/local"
    /// When the build ended, in RFC 3339, when that is to be said.
    package var finishedOn: String?

    /// A build of an environment and a model.
    package init(
        environment: String,
        environmentVersion: String,
        model: String?,
        modelDigest: Digest?,
        lockDigest: Digest? = nil,
        base: Inventory.Subject? = nil,
        platform: String,
        tags: [String]
    ) {
        self.environment = environment
        self.environmentVersion = environmentVersion
        self.model = model
        self.modelDigest = modelDigest
        self.lockDigest = lockDigest
        self.base = base
        self.platform = platform
        self.tags = tags
    }

    /// The provenance as a statement of the image of an inventory, whose parts are what the build took in.
    package func statement(of inventory: Inventory) -> Statement {
        var parameters: JSONObject = [
            "environment": .string(environment),
            "environmentVersion": .string(environmentVersion),
            "platform": .string(platform),
            "tags": .array(tags.sorted(by: precedes).map { .string($0) }),
        ]
        if let model { parameters["model"] = .string(model) }
        if let modelDigest { parameters["modelDigest"] = .string(modelDigest.description) }
        if let lockDigest { parameters["lockDigest"] = .string(lockDigest.description) }
        var taken = inventory.sortedComponents.compactMap(dependency)
        if let base {
            taken.insert(resource(PackageURL(base).description, name: base.name, base.digest), at: 0)
        }
        var details: JSONObject = [
            "builder": ["id": .string(builder), "version": ["mlpack": .string(inventory.builderVersion)]]
        ]
        if let finishedOn { details["metadata"] = ["finishedOn": .string(finishedOn)] }
        return Statement(
            of: inventory.subject,
            predicateType: Self.predicateType,
            predicate: [
                "buildDefinition": [
                    "buildType": .string(Self.buildType),
                    "externalParameters": .object(parameters),
                    "internalParameters": [:],
                    "resolvedDependencies": .array(taken),
                ],
                "runDetails": .object(details),
            ]
        )
    }

    /// What was taken in by a digest; a part without one says nothing that could be checked.
    private func dependency(_ component: Inventory.Component) -> JSONValue? {
        guard let digest = component.digest else { return nil }
        return resource(PackageURL(component)?.description, name: component.path ?? component.name, digest)
    }

    private func resource(_ url: String?, name: String, _ digest: Digest) -> JSONValue {
        var object: JSONObject = ["name": .string(name), "digest": ["sha256": .string(digest.hex)]]
        if let url { object["uri"] = .string(url) }
        return .object(object)
    }
}

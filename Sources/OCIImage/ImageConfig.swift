package import ContentStore
import Diagnostics
package import JSON

/// How a container of an image runs, and what its layers are when unpacked.
///
/// *Source*: OCI image specification 1.1, config.md.
package struct ImageConfig: Sendable, Hashable {
    /// One line of `podman history`.
    package struct History: Sendable, Hashable {
        package var createdBy: String
        package var comment: String?

        /// A line for the layer that `createdBy` made.
        package init(createdBy: String, comment: String? = nil) {
            self.createdBy = createdBy
            self.comment = comment
        }
    }

    /// The time of everything that must not depend on when it was built.
    package static let epoch = "1970-01-01T00:00:00Z"

    package var architecture = "amd64"
    package var operatingSystem = "linux"
    package var variant: String?
    package var user: String?
    package var exposedPorts: [String] = []
    package var environment: [String] = []
    package var entrypoint: [String] = []
    package var command: [String] = []
    package var workingFolder: String?
    package var stopSignal: String?
    package var labels: [String: String] = [:]
    package var diffIDs: [Digest] = []
    package var history: [History] = []

    /// A config of nothing yet.
    package init() {}

    /// Reads a config; fields that are not named here are dropped.
    ///
    /// *Throws*: `malformed`.
    package init(_ json: JSONValue) throws(OCIImageError) {
        let fields = Fields(json, in: "config")
        architecture = try fields.string("architecture")
        operatingSystem = try fields.string("os")
        variant = fields["variant"]?.string
        let run = Fields(fields["config"] ?? .object([:]), in: "config")
        user = run["User"]?.string
        exposedPorts = run["ExposedPorts"]?.object?.keys.sorted() ?? []
        environment = try run.texts("Env")
        entrypoint = try run.texts("Entrypoint")
        command = try run.texts("Cmd")
        workingFolder = run["WorkingDir"]?.string
        stopSignal = run["StopSignal"]?.string
        labels = try run.strings("Labels")
        let rootfs = Fields(fields["rootfs"] ?? .null, in: "config")
        for text in try rootfs.array("diff_ids") {
            diffIDs.append(try Fields(["diff_id": text], in: "config").digest("diff_id"))
        }
        for entry in fields["history"]?.array ?? [] where entry["empty_layer"]?.bool != true {
            history.append(History(createdBy: entry["created_by"]?.string ?? "", comment: entry["comment"]?.string))
        }
    }

    /// What the image runs on.
    package var platform: Platform {
        Platform(operatingSystem: operatingSystem, architecture: architecture, variant: variant)
    }

    /// The config as it is stored.
    package var json: JSONValue {
        var run = JSONObject()
        if let user { run["User"] = .string(user) }
        if !exposedPorts.isEmpty { run["ExposedPorts"] = .object(JSONObject(exposedPorts.map { ($0, [:]) })) }
        if !environment.isEmpty { run["Env"] = .array(environment.map { .string($0) }) }
        if !entrypoint.isEmpty { run["Entrypoint"] = .array(entrypoint.map { .string($0) }) }
        if !command.isEmpty { run["Cmd"] = .array(command.map { .string($0) }) }
        if let workingFolder { run["WorkingDir"] = .string(workingFolder) }
        if let stopSignal { run["StopSignal"] = .string(stopSignal) }
        if !labels.isEmpty { run["Labels"] = labels.json }
        let history = history.map { line -> JSONValue in
            var object: JSONObject = ["created": .string(Self.epoch), "created_by": .string(line.createdBy)]
            if let comment = line.comment { object["comment"] = .string(comment) }
            return .object(object)
        }
        var object: JSONObject = [
            "created": .string(Self.epoch),
            "architecture": .string(architecture),
            "os": .string(operatingSystem),
            "config": .object(run),
            "rootfs": ["type": "layers", "diff_ids": .array(diffIDs.map { .string($0.description) })],
            "history": .array(history),
        ]
        if let variant { object["variant"] = .string(variant) }
        return .object(object)
    }
}

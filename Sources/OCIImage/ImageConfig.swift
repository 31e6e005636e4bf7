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
        /// The time, in the form of RFC 3339; that of a base image is its own.
        package var created: String?
        /// Whether the step made no layer, as one that sets a variable.
        package var isEmptyLayer: Bool

        /// A line for the layer that `createdBy` made.
        package init(
            createdBy: String,
            comment: String? = nil,
            created: String? = ImageConfig.epoch,
            isEmptyLayer: Bool = false
        ) {
            self.createdBy = createdBy
            self.comment = comment
            self.created = created
            self.isEmptyLayer = isEmptyLayer
        }

        /// Reads a line.
        init(_ json: JSONValue) {
            self.init(
                createdBy: json["created_by"]?.string ?? "",
                comment: json["comment"]?.string,
                created: json["created"]?.string,
                isEmptyLayer: json["empty_layer"]?.bool ?? false
            )
        }

        var json: JSONValue {
            var object = JSONObject()
            if let created { object["created"] = .string(created) }
            object["created_by"] = .string(createdBy)
            if let comment { object["comment"] = .string(comment) }
            if isEmptyLayer { object["empty_layer"] = true }
            return .object(object)
        }
    }

    /// The time of everything that must not depend on when it was built.
    package static let epoch = "1970-01-01T00:00:00Z"

    package var architecture = "amd64"
    package var operatingSystem = "linux"
    package var variant: String?
    package var user: String?
    package var exposedPorts: [String] = []
    /// Paths that hold data of their own for each container.
    package var volumes: [String] = []
    package var environment: [String] = []
    package var entrypoint: [String] = []
    package var command: [String] = []
    package var workingFolder: String?
    package var stopSignal: String?
    package var healthCheck: HealthCheck?
    package var labels: [String: String] = [:]
    package var diffIDs: [Digest] = []
    /// The steps that made the image, bottom first; those that made a layer are as many as there are layers, or none.
    package var history: [History] = []

    /// A config of nothing yet.
    package init() {}

    /// Reads a config; fields that are not named here are dropped, and stand in `Image.configJSON`.
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
        volumes = run["Volumes"]?.object?.keys.sorted() ?? []
        environment = try run.texts("Env")
        entrypoint = try run.texts("Entrypoint")
        command = try run.texts("Cmd")
        workingFolder = run["WorkingDir"]?.string
        stopSignal = run["StopSignal"]?.string
        healthCheck = try run["Healthcheck"].map { json throws(OCIImageError) in try HealthCheck(json) }
        labels = try run.strings("Labels")
        let rootfs = Fields(fields["rootfs"] ?? .null, in: "config")
        for text in try rootfs.array("diff_ids") {
            diffIDs.append(try Fields(["diff_id": text], in: "config").digest("diff_id"))
        }
        history = (fields["history"]?.array ?? []).map(History.init)
    }

    /// The steps that made a layer.
    package var layerHistory: [History] { history.filter { !$0.isEmptyLayer } }

    /// What the image runs on.
    package var platform: Platform {
        Platform(operatingSystem: operatingSystem, architecture: architecture, variant: variant)
    }

    /// The config as it is stored.
    package var json: JSONValue {
        var run = JSONObject()
        if let user { run["User"] = .string(user) }
        if !exposedPorts.isEmpty { run["ExposedPorts"] = .object(JSONObject(exposedPorts.map { ($0, [:]) })) }
        if !volumes.isEmpty { run["Volumes"] = .object(JSONObject(volumes.map { ($0, [:]) })) }
        if !environment.isEmpty { run["Env"] = .array(environment.map { .string($0) }) }
        if !entrypoint.isEmpty { run["Entrypoint"] = .array(entrypoint.map { .string($0) }) }
        if !command.isEmpty { run["Cmd"] = .array(command.map { .string($0) }) }
        if let workingFolder { run["WorkingDir"] = .string(workingFolder) }
        if let stopSignal { run["StopSignal"] = .string(stopSignal) }
        if let healthCheck { run["Healthcheck"] = healthCheck.json }
        if !labels.isEmpty { run["Labels"] = labels.json }
        var object: JSONObject = [
            "created": .string(Self.epoch),
            "architecture": .string(architecture),
            "os": .string(operatingSystem),
            "config": .object(run),
            "rootfs": ["type": "layers", "diff_ids": .array(diffIDs.map { .string($0.description) })],
            "history": .array(history.map(\.json)),
        ]
        if let variant { object["variant"] = .string(variant) }
        return .object(object)
    }
}

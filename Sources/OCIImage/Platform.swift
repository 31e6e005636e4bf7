import Diagnostics
package import JSON

/// What an image runs on: `linux/amd64`, `linux/arm/v7`.
package struct Platform: Sendable, Hashable, CustomStringConvertible {
    package var operatingSystem: String
    package var architecture: String
    package var variant: String?

    /// A platform by its parts.
    package init(operatingSystem: String, architecture: String, variant: String? = nil) {
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        self.variant = variant
    }

    /// Reads a platform: `linux/arm64`, `linux/arm/v7`.
    ///
    /// *Throws*: `reference`, which is a mistake of the command line.
    package init(parsing text: String) throws(OCIImageError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw OCIImageError(
                .reference,
                at: .item("platform", text),
                "the platform has another form, expected `linux/amd64` or `linux/arm/v7`"
            )
        }
        self.init(operatingSystem: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// The platform of an index's entry; `nil` when it names none.
    init?(_ json: JSONValue) {
        guard let system = json["os"]?.string, let architecture = json["architecture"]?.string else { return nil }
        self.init(operatingSystem: system, architecture: architecture, variant: json["variant"]?.string)
    }

    /// The platform of this machine's containers.
    package static var ofThisMachine: Platform {
        #if arch(arm64)
        Platform(operatingSystem: "linux", architecture: "arm64")
        #else
        Platform(operatingSystem: "linux", architecture: "amd64")
        #endif
    }

    /// Whether an image of this platform runs where `wanted` is asked for; a variant counts when both name one.
    package func matches(_ wanted: Platform) -> Bool {
        operatingSystem == wanted.operatingSystem && architecture == wanted.architecture
            && (variant == nil || wanted.variant == nil || variant == wanted.variant)
    }

    /// The platform as it stands in an index.
    package var json: JSONValue {
        var object: JSONObject = ["architecture": .string(architecture), "os": .string(operatingSystem)]
        if let variant { object["variant"] = .string(variant) }
        return .object(object)
    }

    package var description: String {
        "\(operatingSystem)/\(architecture)" + (variant.map { "/\($0)" } ?? "")
    }
}

import Diagnostics

/// What the spans of a server say of the server.
///
/// *Source*: OpenTelemetry, Resource Semantic Conventions; Resource SDK, `OTEL_RESOURCE_ATTRIBUTES`.
package struct OTLPResource: Sendable, Hashable {
    /// The attributes by name.
    package private(set) var attributes: [(name: String, value: String)] = []

    package static func == (first: OTLPResource, second: OTLPResource) -> Bool {
        first.attributes.elementsEqual(second.attributes, by: ==)
    }

    package func hash(into hasher: inout Hasher) { for attribute in attributes { hasher.combine(attribute.name) } }

    /// The attributes that the environment gives, and those that are the same for every server.
    ///
    /// *Throws*: `setting` for a list in another form.
    package init(serviceName: String?, list: String? = nil) throws(ObservationError) {
        set("service.name", serverName)
        set("telemetry.sdk.language", "swift")
        set("telemetry.sdk.name", serverName)
        set("telemetry.sdk.version", mlpackVersion)
        for member in (list ?? "").split(separator: ",") {
            let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = decoded(parts[0]), let value = decoded(parts[1]), !name.isEmpty,
                attributes.count < 128
            else {
                throw ObservationError(
                    .setting,
                    "`OTEL_RESOURCE_ATTRIBUTES` has another form, expected `name=value,…`, percent-encoded, got "
                        + "`\(printable(String(member)))`"
                )
            }
            set(name, value)
        }
        if let serviceName, !serviceName.isEmpty { set("service.name", serviceName) }
    }

    private mutating func set(_ name: String, _ value: String) {
        attributes.removeAll { $0.name == name }
        attributes.append((name, value))
    }
}

private let serverName = "mlpack"

/// A text without the blanks around it, and with its `%XX` put back.
private func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while rest.first == 0x20 || rest.first == 0x09 { rest.removeFirst() }
    while rest.last == 0x20 || rest.last == 0x09 { rest.removeLast() }
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
            return nil
        }
        bytes.append(code)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}

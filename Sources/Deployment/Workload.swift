import Diagnostics
import JSON
package import OCIImage

/// An image that is to run in a cluster or on a machine, in the words that all orchestrators share.
package struct Workload: Sendable, Hashable {
    /// A path that answers to GET.
    package struct Route: Sendable, Hashable {
        package var port: Int
        package var path: String

        /// A path of a port.
        package init(port: Int, path: String) {
            self.port = port
            self.path = path
        }

        /// Reads a label of an image: `8000/v2/health/live`.
        init?(label: String?) {
            guard let label, let slash = label.firstIndex(of: "/"), let port = Int(label[..<slash]),
                (1...65_535).contains(port)
            else { return nil }
            self.init(port: port, path: String(label[slash...]))
        }
    }

    /// The image with its digest: `ghcr.io/acme/iris@sha256:…`.
    package var image: String
    package var name: String
    /// The namespace of Kubernetes; `nil` for the one that is current.
    package var namespace: String?
    package var replicaCount = 1
    /// The port that the server listens on.
    package var containerPort = 8000
    /// The port that others reach it by.
    package var port = 8000
    /// Where the container is found alive and ready; `nil` for an image that says nothing of it.
    package var liveness: Route?
    package var readiness: Route?
    package var processors: Quantity
    package var memory: Quantity
    package var user = 65_532
    package var group = 65_532

    /// A workload of an image, as its config says how it runs.
    ///
    /// *Parameter* config: `nil` when it cannot be read; then mlpack's own port and user are taken.
    /// *Throws*: `name` unless the name is a label of DNS.
    package init(
        image: String,
        name: String,
        config: ImageConfig?,
        processors: Quantity,
        memory: Quantity
    ) throws(DeploymentError) {
        self.image = image
        self.name = try Self.label(name, "name")
        self.processors = processors
        self.memory = memory
        let ports = (config?.exposedPorts ?? []).filter { !$0.hasSuffix("/udp") }
            .compactMap { $0.split(separator: "/").first.flatMap { Int($0) } }
        if let first = ports.first(where: { $0 == containerPort }) ?? ports.first, (1...65_535).contains(first) {
            containerPort = first
            port = first
        }
        liveness = Route(label: config?.labels["dev.mlpack.inference.liveness"])
        readiness = Route(label: config?.labels["dev.mlpack.inference.readiness"])
        if config?.labels["dev.mlpack.environment.name"] == nil {
            // SPEC: Open Inference Protocol v2, the routes of health: what is known of servers that say nothing.
            liveness = Route(port: containerPort, path: "/v2/health/live")
            readiness = Route(port: containerPort, path: "/v2/health/ready")
        }
        let numbers = (config?.user ?? "").split(separator: ":").map { Int($0) }
        if let user = numbers.first ?? nil, user > 0 {
            self.user = user
            group = numbers.count > 1 ? numbers[1] ?? user : user
        }
    }

    /// Puts the workload into a namespace.
    ///
    /// *Throws*: `name` unless it is a label of DNS.
    package mutating func setNamespace(_ name: String) throws(DeploymentError) {
        namespace = try Self.label(name, "namespace")
    }

    /// Sets how many run.
    ///
    /// *Throws*: `replicas` outside of 0 to 10,000.
    package mutating func setReplicaCount(_ count: Int) throws(DeploymentError) {
        guard (0...10_000).contains(count) else {
            throw DeploymentError(.replicas, "the number of replicas is \(count), expected 0 to 10000")
        }
        replicaCount = count
    }

    /// Sets the port that others reach it by.
    ///
    /// *Throws*: `port` outside of 1 to 65,535.
    package mutating func setPort(_ port: Int) throws(DeploymentError) {
        guard (1...65_535).contains(port) else {
            throw DeploymentError(.port, "the port is \(port), expected 1 to 65535")
        }
        self.port = port
    }

    /// A label of DNS that starts with a letter, as services of Kubernetes have.
    ///
    /// *Source*: RFC 1035, section 2.3.1.
    private static func label(_ text: String, _ what: String) throws(DeploymentError) -> String {
        let bytes = Array(text.utf8)
        let isLetter: (UInt8) -> Bool = { (0x61...0x7A).contains($0) }
        let isOther: (UInt8) -> Bool = { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        guard (1...63).contains(bytes.count), isLetter(bytes[0]), bytes.allSatisfy(isOther),
            bytes.last != UInt8(ascii: "-")
        else {
            throw DeploymentError(
                .name,
                "the \(what) has another form, expected up to 63 of `a` to `z`, `0` to `9` and `-`, a letter first, "
                    + "got `\(text)`"
            )
        }
        return text
    }

    /// A name that is one in a cluster, made of any text: `Iris_V2` gives `iris-v2`.
    package static func suggestedName(_ text: String) -> String {
        let bytes = text.lowercased().utf8.map { byte -> UInt8 in
            let isKept = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            return isKept ? byte : UInt8(ascii: "-")
        }
        let start = bytes.drop { !(0x61...0x7A).contains($0) }.prefix(63)
        let name = String(decoding: start, as: UTF8.self)
        let end = name.lastIndex { $0 != "-" }.map { name.index(after: $0) } ?? name.startIndex
        return name.isEmpty ? "model" : String(name[..<end])
    }
}

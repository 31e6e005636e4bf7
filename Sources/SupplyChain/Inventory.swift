package import ContentStore
import Diagnostics

/// What an image consists of, whatever document says it.
///
/// For example:
///
///     var inventory = Inventory(subject: .init(name: "ghcr.io/acme/iris", digest: image.digest))
///     inventory.components.append(.init("numpy", version: "2.4.6", kind: .python, digest: wheel))
///     inventory.spdx.write(.canonical) { … }
package struct Inventory: Sendable, Hashable {
    /// The image.
    package struct Subject: Sendable, Hashable {
        /// The name without a tag: `ghcr.io/acme/iris`.
        package var name: String
        /// The digest of the manifest.
        package var digest: Digest
        /// The architecture as OCI calls it: `amd64`; `nil` for an image for several.
        package var architecture: String?

        /// An image by its name and digest.
        package init(name: String, digest: Digest, architecture: String? = nil) {
            self.name = name
            self.digest = digest
            self.architecture = architecture
        }
    }

    /// One part of the image.
    package struct Component: Sendable, Hashable {
        /// What a part is, and what is known of such parts alone.
        package enum Kind: Sendable, Hashable {
            /// A Debian package: its source package, and the distribution as `os-release` has it, such as `debian-12`.
            case debian(architecture: String, source: String? = nil, distribution: String? = nil)
            /// A distribution of the Python package index.
            case python
            /// A file by itself.
            case file
            /// A file of a model.
            case model
            /// The executable that serves the model.
            case server
        }

        package var name: String
        package var version: String?
        package var kind: Kind
        /// The digest of what was unpacked, such as a wheel, or of the file.
        package var digest: Digest?
        /// The licences as the part states them: SPDX expressions, short names of Debian, or any words.
        package var licenses: [String]
        /// Who made it: `Debian GLIBC Maintainers <debian-glibc@lists.debian.org>`.
        package var supplier: String?
        /// The names of parts of the same kind that it needs; those that are not in the inventory do not count.
        package var dependsOn: [String]
        /// The path of a file in the image, without a slash before it.
        package var path: String?
        /// The layer that holds it.
        package var layer: Digest?

        /// A part of an image.
        package init(
            _ name: String,
            version: String? = nil,
            kind: Kind,
            digest: Digest? = nil,
            licenses: [String] = [],
            supplier: String? = nil,
            dependsOn: [String] = [],
            path: String? = nil,
            layer: Digest? = nil
        ) {
            self.name = name
            self.version = version
            self.kind = kind
            self.digest = digest
            self.licenses = licenses
            self.supplier = supplier
            self.dependsOn = dependsOn
            self.path = path
            self.layer = layer
        }
    }

    /// The time of an image that does not say when it was made.
    package static let epoch = "1970-01-01T00:00:00Z"

    package var subject: Subject
    package var components: [Component]
    /// The version of mlpack that made the document.
    package var builderVersion: String
    /// The time in the document, in RFC 3339: that of the image, not that of the clock.
    package var created: String

    /// An inventory of an image.
    package init(
        subject: Subject,
        components: [Component] = [],
        builderVersion: String = mlpackVersion,
        created: String = Inventory.epoch
    ) {
        self.subject = subject
        self.components = components
        self.builderVersion = builderVersion
        self.created = created
    }

    /// The parts in the order of the documents: by kind, name, version and path, each once.
    var sortedComponents: [Component] {
        let sorted = components.sorted { $0.precedes($1) }
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0 == $1 }) else { return sorted }
        return sorted.reduce(into: []) { distinct, component in
            if distinct.last != component { distinct.append(component) }
        }
    }
}

extension Inventory.Component {
    /// The word for the kind, which the names in documents start with.
    var kindName: String {
        switch kind {
        case .debian: "deb"
        case .python: "pypi"
        case .file: "file"
        case .model: "model"
        case .server: "server"
        }
    }

    /// What parts are sorted by: all that tells them apart.
    private static let sortKeys: [@Sendable (Inventory.Component) -> String] = [
        { $0.kindName }, { $0.name }, { $0.version ?? "" }, { $0.path ?? "" },
        { component in
            guard case .debian(let architecture, let source, let distribution) = component.kind else { return "" }
            return [architecture, source ?? "", distribution ?? ""].joined(separator: "\n")
        },
        { $0.digest?.hex ?? "" }, { $0.layer?.hex ?? "" }, { $0.supplier ?? "" },
        { $0.licenses.joined(separator: "\n") }, { $0.dependsOn.joined(separator: "\n") },
    ]

    fileprivate func precedes(_ other: Inventory.Component) -> Bool {
        for key in Self.sortKeys {
            let (left, right) = (key(self), key(other))
            if !left.utf8.elementsEqual(right.utf8) { return left.utf8.lexicographicallyPrecedes(right.utf8) }
        }
        return false
    }
}

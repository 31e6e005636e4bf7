import ContentStore
import Diagnostics
package import JSON

extension Inventory {
    /// The inventory as a CycloneDX document, which is the same for the same inventory.
    ///
    /// *Source*: CycloneDX 1.5, in JSON.
    package var cycloneDX: JSONStream {
        let nodes = InventoryNodes(self)
        let imageReference = PackageURL(subject).description
        var document = JSONStream([
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": [
                "timestamp": .string(created),
                "tools": [
                    "components": [
                        ["type": "application", "name": "mlpack", "version": .string(builderVersion)]
                    ]
                ],
                "component": [
                    "bom-ref": .string(imageReference),
                    "type": "container",
                    "name": .string(subject.name),
                    "version": .string(subject.digest.description),
                    "purl": .string(imageReference),
                    "hashes": [hash(subject.digest)],
                ],
            ],
        ])
        document.append("components", nodes.lazy.map(component))
        document.append(
            "dependencies",
            [dependency(imageReference, nodes.ids)],
            nodes.lazy.map { dependency($0.id, $0.dependsOn) }
        )
        var digest = RunningDigest()
        document.write(.canonical) { digest.update($0) }
        document.append("serialNumber", .string("urn:uuid:\(digest.digest.uuid)"))
        return document
    }

    private func component(_ node: InventoryNodes.Node) -> JSONValue {
        let component = node.component
        var object: JSONObject = [
            "bom-ref": .string(node.id), "type": .string(component.type), "name": .string(component.name),
        ]
        if let version = component.version { object["version"] = .string(version) }
        if let digest = component.digest { object["hashes"] = [hash(digest)] }
        if !component.licenses.isEmpty { object["licenses"] = licenses(component.licenses) }
        if let url = PackageURL(component) { object["purl"] = .string(url.description) }
        if let supplier = component.supplier { object["supplier"] = ["name": .string(supplier)] }
        let properties = [
            ("mlpack:layer", component.layer?.description), ("mlpack:path", component.path.map { "/" + $0 }),
        ].compactMap { name, value in
            value.map { text -> JSONValue in ["name": .string(name), "value": .string(text)] }
        }
        if !properties.isEmpty { object["properties"] = .array(properties) }
        return .object(object)
    }

    /// One expression stands alone in CycloneDX; next to other licences it is the name of one.
    private func licenses(_ texts: [String]) -> JSONValue {
        let licenses = texts.map { License($0) }
        if licenses.count == 1, case .expression(let text) = licenses[0] { return [["expression": .string(text)]] }
        return .array(
            licenses.map { license in
                switch license {
                case .identifier(let text): ["license": ["id": .string(text)]]
                case .expression(let text), .words(let text): ["license": ["name": .string(text)]]
                }
            }
        )
    }

    private func hash(_ digest: Digest) -> JSONValue { ["alg": "SHA-256", "content": .string(digest.hex)] }

    private func dependency(_ reference: String, _ dependsOn: [String]) -> JSONValue {
        ["ref": .string(reference), "dependsOn": .array(dependsOn.map { .string($0) })]
    }
}

extension Inventory.Component {
    fileprivate var type: String {
        switch kind {
        case .debian, .python: "library"
        case .file: "file"
        case .model: "machine-learning-model"
        case .server: "application"
        }
    }
}

import ContentStore
import Diagnostics
package import JSON

extension Inventory {
    /// The inventory as an SPDX document, which is the same for the same inventory.
    ///
    /// Files are packages with the purpose `FILE`: SPDX's own files need a SHA-1.
    ///
    /// *Source*: SPDX 2.3, in JSON.
    package var spdx: JSONValue {
        let nodes = InventoryNodes(self).nodes
        let imageID = "SPDXRef-image"
        var words: [String: String] = [:]
        for text in nodes.flatMap(\.component.licenses) {
            let license = License(text)
            if case .words(let text) = license { words[license.spdx] = text }
        }
        var relationships = [relationship("SPDXRef-DOCUMENT", "DESCRIBES", imageID)]
        for node in nodes { relationships.append(relationship(imageID, "CONTAINS", "SPDXRef-\(node.id)")) }
        for node in nodes {
            for needed in node.dependsOn {
                relationships.append(relationship("SPDXRef-\(node.id)", "DEPENDS_ON", "SPDXRef-\(needed)"))
            }
        }
        var document: JSONObject = [
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": .string(subject.name),
            "creationInfo": [
                "created": .string(created), "creators": .array([.string("Tool: mlpack-\(builderVersion)")]),
            ],
            "packages": .array([imagePackage(imageID)] + nodes.map(package)),
            "relationships": .array(relationships),
        ]
        if !words.isEmpty {
            let sorted = words.sorted { precedes($0.key, $1.key) }
            document["hasExtractedLicensingInfos"] = .array(
                sorted.map {
                    ["licenseId": .string($0.key), "name": .string($0.value), "extractedText": .string($0.value)]
                }
            )
        }
        let digest = Digest(of: JSONValue.object(document).serialized(.canonical) + Array(subject.digest.hex.utf8))
        document["documentNamespace"] = .string("https://mlpack.dev/spdx/\(digest.uuid)")
        return .object(document)
    }

    private func imagePackage(_ id: String) -> JSONValue {
        [
            "SPDXID": .string(id),
            "name": .string(subject.name),
            "versionInfo": .string(subject.digest.description),
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false,
            "primaryPackagePurpose": "CONTAINER",
            "checksums": [checksum(subject.digest)],
            "externalRefs": [reference(PackageURL(subject))],
        ]
    }

    private func package(_ node: InventoryNodes.Node) -> JSONValue {
        let component = node.component
        var object: JSONObject = [
            "SPDXID": .string("SPDXRef-\(node.id)"),
            "name": .string(component.name),
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false,
            "primaryPackagePurpose": .string(component.purpose),
            "licenseDeclared": .string(component.licenseExpression),
            "licenseConcluded": "NOASSERTION",
            "copyrightText": "NOASSERTION",
        ]
        if let version = component.version { object["versionInfo"] = .string(version) }
        if let supplier = component.supplier { object["supplier"] = .string("Organization: \(supplierName(supplier))") }
        if let path = component.path { object["packageFileName"] = .string("/" + path) }
        if let digest = component.digest { object["checksums"] = [checksum(digest)] }
        if let url = PackageURL(component) { object["externalRefs"] = [reference(url)] }
        if let layer = component.layer { object["sourceInfo"] = .string("layer \(layer)") }
        return .object(object)
    }

    /// Name and address as SPDX has them: `Name (address)`.
    private func supplierName(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard let open = line.lastIndex(of: "<"), line.hasSuffix(">") else {
            return line.filter { $0 != "(" && $0 != ")" }
        }
        let name = line[..<open].filter { $0 != "(" && $0 != ")" }
        return String(name).trimmingSpaces + " (\(line[line.index(after: open)...].dropLast()))"
    }

    private func relationship(_ from: String, _ type: String, _ to: String) -> JSONValue {
        ["spdxElementId": .string(from), "relationshipType": .string(type), "relatedSpdxElement": .string(to)]
    }

    private func checksum(_ digest: Digest) -> JSONValue {
        ["algorithm": "SHA256", "checksumValue": .string(digest.hex)]
    }

    private func reference(_ url: PackageURL) -> JSONValue {
        [
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": .string(url.description),
        ]
    }
}

extension Inventory.Component {
    fileprivate var purpose: String {
        switch kind {
        case .debian, .python: "LIBRARY"
        case .file, .model: "FILE"
        case .server: "APPLICATION"
        }
    }

    /// All licences that are stated, as one expression.
    fileprivate var licenseExpression: String {
        let parts = licenses.map { License($0) }
        guard parts.count > 1 else { return parts.first?.spdx ?? "NOASSERTION" }
        return parts.map { part in
            if case .expression(let text) = part, text.contains(" ") { "(\(text))" } else { part.spdx }
        }.joined(separator: " AND ")
    }
}

extension String {
    var trimmingSpaces: String { split(separator: " ").joined(separator: " ") }
}

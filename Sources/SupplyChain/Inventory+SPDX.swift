import ContentStore
import Diagnostics
package import JSON

extension Inventory {
    /// The inventory as an SPDX document, which is the same for the same inventory.
    ///
    /// Files are packages with the purpose `FILE`: SPDX's own files need a SHA-1.
    ///
    /// *Source*: SPDX 2.3, in JSON.
    package var spdx: JSONStream {
        let nodes = InventoryNodes(self)
        let imageID = "SPDXRef-image"
        var document = JSONStream([
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": .string(subject.name),
            "creationInfo": [
                "created": .string(created), "creators": .array([.string("Tool: mlpack-\(builderVersion)")]),
            ],
        ])
        document.append("packages", [imagePackage(imageID)], nodes.lazy.map(package))
        document.append(
            "relationships",
            [relationship("SPDXRef-DOCUMENT", "DESCRIBES", imageID)],
            nodes.lazy.map { relationship(imageID, "CONTAINS", "SPDXRef-\($0.id)") },
            nodes.lazy.flatMap { node in
                node.dependsOn.lazy.map { relationship("SPDXRef-\(node.id)", "DEPENDS_ON", "SPDXRef-\($0)") }
            }
        )
        let texts = licenseTexts(nodes)
        if !texts.isEmpty { document.append("hasExtractedLicensingInfos", .array(texts)) }
        var digest = RunningDigest()
        document.write(.canonical) { digest.update($0) }
        digest.update(Array(subject.digest.hex.utf8))
        document.append("documentNamespace", .string("https://mlpack.dev/spdx/\(digest.digest.uuid)"))
        return document
    }

    /// The licences that are words, by the names that expressions have for them.
    private func licenseTexts(_ nodes: InventoryNodes) -> [JSONValue] {
        var words: [String: String] = [:]
        for text in Set(nodes.lazy.flatMap(\.component.licenses)) {
            let license = License(text)
            if case .words(let text) = license { words[license.spdx] = text }
        }
        return words.sorted { precedes($0.key, $1.key) }.map { name, text in
            ["licenseId": .string(name), "name": .string(text), "extractedText": .string(text)]
        }
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

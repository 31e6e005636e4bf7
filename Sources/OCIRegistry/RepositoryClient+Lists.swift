package import ContentStore
import Diagnostics
import Downloads
import JSON
package import OCIImage

extension RepositoryClient {
    /// The tags of the repository, in the order of the registry, over all pages.
    ///
    /// *Throws*: `notFound` when there is no such repository, `malformed`, `tooLarge` beyond a million tags.
    /// *Source*: OCI distribution specification 1.1, end-8b.
    package func tags() throws -> [String] {
        var tags: [String] = []
        try pages(of: address("tags/list").adding([("n", "1000")])) { answer in
            guard answer.response.status == 200 else { throw failure(answer) }
            let place = Place.file(answer.address.description)
            guard let json = try? JSONValue.parse(answer.body) else {
                throw RegistryError(.malformed, at: place, "the list of tags is no JSON")
            }
            // Some registries have `null` for a repository whose tags are all gone.
            let page = json["tags"]?.array?.compactMap(\.string) ?? []
            if let odd = page.first(where: { !isTag($0) }) {
                throw RegistryError(.malformed, at: place, "a tag has another form, got `\(odd)`")
            }
            tags += page
            guard tags.count <= 1_000_000 else {
                throw RegistryError(.tooLarge, at: place, "there are more than 1000000 tags")
            }
        }
        return tags
    }

    /// What refers to a manifest with its `subject`: signatures, documents.
    ///
    /// A registry without a list of referrers is asked for the index that clients keep under the tag `sha256-<hex>`.
    ///
    /// *Throws*: `malformed`, `refused`.
    /// *Source*: OCI distribution specification 1.1, end-12a and Unavailable Referrers API.
    package func referrers(of digest: Digest) throws -> [ImageIndex.Entry] {
        var entries: [ImageIndex.Entry] = []
        var isKept = true
        try pages(of: address("referrers/\(digest)")) { answer in
            guard answer.response.status == 200 else {
                guard answer.response.status == 404 || answer.response.status == 405 else { throw failure(answer) }
                isKept = false
                return
            }
            do {
                entries += try ImageIndex(bytes: answer.body).entries
            } catch let error as any Diagnostic {
                throw error.within(.file(answer.address.description))
            }
        }
        return isKept ? entries : try taggedReferrers(of: digest)?.entries ?? []
    }

    private func taggedReferrers(of digest: Digest) throws -> ImageIndex? {
        do {
            return try ImageIndex(bytes: manifest(.tag(Self.referrersTag(digest))).bytes)
        } catch let error as RegistryError where error.code == .notFound {
            return nil
        }
    }

    private static func referrersTag(_ digest: Digest) -> String { "sha256-\(digest.hex)" }

    /// Puts a manifest that has a `subject` under its digest, and into the list of the subject's referrers.
    ///
    /// *Throws*: as `put`.
    /// *Source*: OCI distribution specification 1.1, Pushing Manifests with Subject.
    package func putReferrer(_ manifest: StoredManifest, of subject: Digest, artifactType: String?) throws {
        guard try !put(manifest, as: .digest(manifest.digest)) else { return }
        let standing = try taggedReferrers(of: subject)?.entries ?? []
        guard !standing.contains(where: { $0.descriptor.digest == manifest.digest }) else { return }
        let descriptor = Descriptor(
            mediaType: manifest.mediaType,
            digest: manifest.digest,
            byteCount: manifest.bytes.count
        )
        let entries = standing + [ImageIndex.Entry(descriptor: descriptor, platform: nil, artifactType: artifactType)]
        let index: JSONValue = [
            "schemaVersion": 2,
            "mediaType": .string(MediaType.imageIndex.rawValue),
            "manifests": .array(entries.map(\.json)),
        ]
        let bytes = index.serialized(.canonical)
        try put(StoredManifest(bytes: bytes, mediaType: .imageIndex), as: .tag(Self.referrersTag(subject)))
    }

    /// Asks for a list page by page, as the `Link` of each answer leads on.
    private func pages(of first: WebAddress, _ body: (Answer) throws -> Void) throws {
        var address = first
        for _ in 0..<10_000 {
            let answer = try send(HTTPRequest(.get, address), limit: manifestByteLimit)
            try body(answer)
            guard let next = answer.response["link"].flatMap(nextLink) else { return }
            let resolved = try resolve(next, from: answer)
            guard resolved.hasSameOrigin(as: registry.base), resolved != address else {
                throw RegistryError(
                    .malformed,
                    at: .file(address.description),
                    "the next page of the list is elsewhere, got `\(resolved)`"
                )
            }
            address = resolved
        }
        throw RegistryError(.tooLarge, at: .file(first.description), "the list has more than 10000 pages")
    }
}

/// The target of the link to the next page: `</v2/x/tags/list?last=b>; rel="next"`.
///
/// *Source*: RFC 8288, section 3.
func nextLink(_ header: String) -> String? {
    for link in header.split(separator: ",") {
        guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"), open < close else { continue }
        let parameters = link[close...].dropFirst().lowercased().filter { $0 != " " && $0 != "\"" }
        guard parameters.split(separator: ";").contains("rel=next") else { continue }
        return String(link[link.index(after: open)..<close])
    }
    return nil
}

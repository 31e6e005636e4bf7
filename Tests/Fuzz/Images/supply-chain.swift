import ContentStore
import Diagnostics
import JSON
import OCIImage
import TextFormats
@testable import Signing
@testable import SupplyChain

/// One input of libFuzzer as everything that is said of an image, and as the keys that sign it: it may be refused, it may
/// not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = inputBytes(start, count)
    readKeys(bytes)
    readDocuments(bytes)
    if let payload = try? SignaturePayload(bytes) {
        hold((try? SignaturePayload(payload.bytes)) == payload, "the payload is read another way")
    }
    for line in lines(bytes) { _ = License(line) }
    readPackages(bytes)
    return 0
}

private func readKeys(_ bytes: [UInt8]) {
    if let key = try? VerificationKey(parsing: bytes) {
        hold((try? VerificationKey(parsing: Array(key.pem.utf8))) == key, "the key is read another way")
        _ = key.isSignature(bytes, of: bytes)
    }
    // With the password, which takes as long as it is meant to, no input would be tried often enough.
    if let key = try? EncryptedKey(parsing: bytes) {
        hold((try? EncryptedKey(parsing: key.bytes)) != nil, "the encrypted key is not read again")
    }
    _ = try? PEM(parsing: bytes, kind: "PRIVATE KEY")
}

private let image = Digest(of: Array("image".utf8))

private func readDocuments(_ bytes: [UInt8]) {
    if let envelope = try? Envelope(bytes) {
        hold((try? Envelope(envelope.bytes)) == envelope, "the envelope is read another way")
        _ = try? Document(attached: Referrer.Layer(mediaType: .envelope, bytes: bytes))
    }
    guard let document = try? Document(parsing: bytes) else { return }
    _ = try? document.check(isOf: image)
    hold(readAgain(document), "the document is read another way")
}

/// Whether a document that is written and read again is written the same.
private func readAgain(_ document: Document) -> Bool {
    let subject = Inventory.Subject(name: "a", digest: image)
    let written = document.bytes(of: subject)
    guard let again = try? Document(parsing: written), again.form == document.form else { return false }
    return again.bytes(of: subject) == written && again.predicateType == document.predicateType
}

/// The text as a database of packages, as what a package of Python says of itself, and the inventories of both.
private func readPackages(_ bytes: [UInt8]) {
    let paragraphs = FieldParagraph.paragraphs(bytes)
    _ = debianLicenses(paragraphs)
    var components: [Inventory.Component] = []
    for fields in paragraphs.prefix(16) {
        components += [.debian(fields), .python(fields)].compactMap { $0 }
    }
    guard !components.isEmpty else { return }
    let inventory = Inventory(subject: Inventory.Subject(name: "a", digest: image), components: components)
    for document in [Document.spdx(inventory), Document.cycloneDX(inventory)] {
        hold(readAgain(document), "the inventory is read another way")
    }
}

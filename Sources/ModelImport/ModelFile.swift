package import ContentStore
import Diagnostics
import Files
package import JSON
package import ModelFormats

/// A model's file, read and recognised by its content.
package struct ModelFile {
    /// What the content is, before any framework's meaning.
    package enum Content {
        /// A pickle, or a skops file, which describes the same values.
        case pickle(PickleTree)
        case json(DocumentValue)
        case ubjson(DocumentValue)
        /// What is none of these, in a format that one framework has for itself.
        case other([UInt8])

        /// The name of the format, for a report.
        package var formatName: String {
            switch self {
            case .pickle(let tree): tree.format.rawValue
            case .json: "JSON"
            case .ubjson: "UBJSON"
            case .other: "of no known format"
            }
        }
    }

    package let path: String
    package let digest: Digest
    package let content: Content

    /// Reads the file and recognises its format by its first bytes, whatever its name.
    ///
    /// *Throws*: `notFound`, `unknownFormat`, and what the reader of the format finds wrong.
    package init(path: String, limits: ModelImportLimits = .default) throws(ModelImportError) {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path, limit: limits.fileByteCount)
        } catch {
            throw ModelImportError(error)
        }
        try self.init(bytes, path: path, limits: limits)
    }

    /// Recognises what was read from a path.
    ///
    /// *Throws*: `unknownFormat`, and what the reader of the format finds wrong.
    package init(
        _ bytes: [UInt8],
        path: String,
        limits: ModelImportLimits = .default
    ) throws(ModelImportError) {
        self.path = path
        digest = Digest(of: bytes)
        content = try locating(.file(path)) { () throws(ModelImportError) in
            try Self.content(of: bytes, limits: limits)
        }
    }

    private static func content(of bytes: [UInt8], limits: ModelImportLimits) throws(ModelImportError) -> Content {
        guard !bytes.isEmpty else { throw ModelImportError(.malformed, "the file is empty") }
        do throws(ModelFormatError) {
            if looksLikePickle(bytes) { return .pickle(try readPickle(bytes, limits: limits.pickle)) }
            if looksLikeSkops(bytes) { return .pickle(try readSkops(bytes, limits: limits.pickle)) }
        } catch {
            throw ModelImportError(error)
        }
        return try documentContent(of: bytes) ?? .other(bytes)
    }

    /// The document that bytes of JSON or UBJSON hold; `nil` when they are neither.
    package static func document(in bytes: [UInt8]) throws(ModelImportError) -> DocumentValue? {
        switch try documentContent(of: bytes) {
        case .json(let document), .ubjson(let document): document
        default: nil
        }
    }

    private static func documentContent(of bytes: [UInt8]) throws(ModelImportError) -> Content? {
        guard bytes.first == UInt8(ascii: "{"), bytes.count > 1 else { return nil }
        if [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "\""), UInt8(ascii: "}")].contains(bytes[1]) {
            do {
                // Trees that a document nests are as deep as their splits.
                let limits = JSONLimits(depth: 1024, acceptsNonFiniteLiterals: true)
                return .json(DocumentValue(try JSONValue.parse(bytes, limits: limits)))
            } catch {
                throw ModelImportError(error)
            }
        }
        do throws(ModelFormatError) {
            return .ubjson(try readUBJSON(bytes))
        } catch {
            throw ModelImportError(error)
        }
    }
}

/// How much a model's file may hold.
package struct ModelImportLimits: Sendable {
    /// Bytes of the file as it lies on disk.
    package var fileByteCount = 1 << 32
    package var pickle = PickleLimits.default

    package static let `default` = ModelImportLimits()
}

extension DocumentValue {
    /// A document of JSON, with its numbers as doubles.
    package init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .number(let number): self = .number(number.double)
        case .string(let string): self = .string(string)
        case .array(let elements):
            let array = DocumentValue.array(elements.map { DocumentValue($0) })
            self = array.numbers.map { .numbers($0) } ?? array
        case .object(let object):
            self = .object(
                Dictionary(
                    object.members.map { ($0.key, DocumentValue($0.value)) },
                    uniquingKeysWith: { _, last in last }
                )
            )
        }
    }
}

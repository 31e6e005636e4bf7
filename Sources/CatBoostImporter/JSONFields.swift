import Diagnostics
import ModelFormats
import ModelImport

/// Readers for the fields of an object, that name what is wrong with them.
struct JSONFields {
    private let object: DocumentValue

    init(_ object: DocumentValue) { self.object = object }

    /// A whole number from 0, small enough to be an index.
    func int(_ key: String) throws(ModelImportError) -> Int {
        let number = try number(key)
        guard let int = Int(exactly: number), (0..<1 << 31).contains(int) else {
            throw ModelImportError(.malformed, "`\(key)` is \(number), expected an index from 0")
        }
        return int
    }

    func float(_ key: String) throws(ModelImportError) -> Float { Float(try number(key)) }

    func categoryHash(_ key: String) throws(ModelImportError) -> CategoryHash {
        try Self.categoryHash(try number(key))
    }

    /// The 32 bits of a category, which some writers give a sign.
    static func categoryHash(_ number: Double) throws(ModelImportError) -> CategoryHash {
        guard let int = Int(exactly: number), int >= Int(Int32.min), int <= Int(UInt32.max) else {
            throw ModelImportError(.malformed, "a category is \(number), expected a number of 32 bits")
        }
        return CategoryHash(truncatingIfNeeded: int)
    }

    private func number(_ key: String) throws(ModelImportError) -> Double {
        guard case .number(let number)? = object[key] else {
            throw ModelImportError(.malformed, "`\(key)` is missing, expected a number")
        }
        return number
    }
}

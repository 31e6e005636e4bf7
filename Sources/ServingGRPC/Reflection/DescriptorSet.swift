import Diagnostics
import OnnxReader
import ServingCore

/// The descriptors of the services that are served, as schemas/proto/regenerate makes them of the files beside it.
///
/// *Source*: protobuf, `descriptor.proto`, `FileDescriptorSet`.
struct DescriptorSet: Sendable {
    /// The names of the services with their packages, sorted.
    private(set) var services: [String] = []
    private var files: [String: [UInt8]] = [:]
    /// The file that has a service, method, message or enumeration, by its name with its package.
    private var fileNames: [String: String] = [:]

    /// What the executable has.
    static let served = (try? DescriptorSet(PackageResources.descriptors_bin)) ?? DescriptorSet()

    private init() {}

    /// *Throws*: `request` for bytes that are no such message.
    init(_ bytes: [UInt8]) throws(ServingError) {
        try MessageReader.read(bytes, "FileDescriptorSet") { reader, field throws(ServingError) in
            guard field.number == 1 else { return false }
            try add(file: Array(bytes[try reader.range(field)]))
            return true
        }
        services.sort()
    }

    /// A file as a `FileDescriptorProto`, by its name.
    func file(named name: String) -> [UInt8]? { files[name] }

    /// The file that has a symbol.
    func file(containing symbol: String) -> [UInt8]? { fileNames[symbol].flatMap { files[$0] } }

    private mutating func add(file: [UInt8]) throws(ServingError) {
        var name = ""
        var package = ""
        var found: [(name: String, isService: Bool)] = []
        try MessageReader.read(file, "FileDescriptorProto") { reader, field throws(ServingError) in
            switch field.number {
            case 1: name = try reader.string(field)
            case 2: package = try reader.string(field)
            case 4: found += try Self.symbols(&reader, field, inner: [3, 4]).map { ($0, false) }
            case 5: found += try Self.symbols(&reader, field, inner: []).map { ($0, false) }
            case 6:
                let symbols = try Self.symbols(&reader, field, inner: [2])
                found += symbols.enumerated().map { ($1, $0 == 0) }
            default: return false
            }
            return true
        }
        files[name] = file
        for symbol in found {
            let full = package + "." + symbol.name
            fileNames[full] = name
            if symbol.isService { services.append(full) }
        }
    }

    /// The name of what a field describes, and the names of what is inside of it.
    ///
    /// *Parameter* inner: the numbers of the fields with what is inside; messages are inside of field 3.
    private static func symbols(
        _ reader: inout MessageReader,
        _ field: WireField,
        inner: [UInt32]
    ) throws(ServingError) -> [String] {
        var name = ""
        var members: [String] = []
        try reader.message(field, "DescriptorProto") { reader, field throws(ServingError) in
            if field.number == 1 {
                name = try reader.string(field)
            } else if inner.contains(field.number) {
                members += try symbols(&reader, field, inner: field.number == 3 ? inner : [])
            } else {
                return false
            }
            return true
        }
        return [name] + members.map { "\(name).\($0)" }
    }
}

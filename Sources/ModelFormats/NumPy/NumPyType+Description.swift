import Diagnostics

extension NumPyType {
    /// The type with NumPy's short name, or that of records in a list of their parts.
    ///
    /// *Source*: `numpy.lib.format.descr_to_dtype`: a part without a name is padding of the type `|V<bytes>`.
    init(_ descr: PythonLiteral) throws(ModelFormatError) {
        switch descr {
        case .string(let name): try self.init(name)
        case .list(let parts): try self.init(parts: parts)
        default: throw ModelFormatError(.malformed, "`descr` is neither text nor a list of fields")
        }
    }

    private init(parts: [PythonLiteral]) throws(ModelFormatError) {
        var fields: [NumPyField] = []
        var offset = 0
        for part in parts {
            guard case .tuple(let pair) = part, case .string(let name)? = pair.first, pair.count >= 2 else {
                throw ModelFormatError(.malformed, "`descr` lists something else than names with types")
            }
            guard pair.count == 2, case .string(let typeName) = pair[1] else {
                throw ModelFormatError(
                    .unsupported,
                    "field `\(name)` is an array or a record, expected a number or text"
                )
            }
            var byteCount = 0
            if name.isEmpty, typeName.hasPrefix("|V"), let padding = Int(typeName.dropFirst(2)), padding >= 0 {
                byteCount = padding
            } else {
                let type = try NumPyType(typeName)
                guard type != .object, !fields.contains(where: { $0.name == name }) else {
                    throw ModelFormatError(.unsupported, "field `\(name)` holds objects or stands twice")
                }
                fields.append(NumPyField(name: name, type: type, offset: offset))
                byteCount = type.byteCount
            }
            let (end, overflow) = offset.addingReportingOverflow(byteCount)
            guard !overflow else { throw ModelFormatError(.tooLarge, "a record is too large") }
            offset = end
        }
        guard !fields.isEmpty, fields.count <= 256 else {
            throw ModelFormatError(.malformed, "a record has \(fields.count) fields, expected 1 to 256")
        }
        self = .record(fields, byteCount: offset)
    }

    /// NumPy's short name: `<f8`, `|b1`, `<U7`; records are `V` with their bytes.
    var shortName: String {
        switch self {
        case .number(let kind, let byteCount, let isBigEndian):
            "\(byteCount == 1 ? "|" : isBigEndian ? ">" : "<")\(kind)\(byteCount)"
        case .unicode(let count, let isBigEndian): "\(isBigEndian ? ">" : "<")U\(count)"
        case .bytes(let count): "|S\(count)"
        case .object: "|O"
        case .record(_, let byteCount): "|V\(byteCount)"
        }
    }
}

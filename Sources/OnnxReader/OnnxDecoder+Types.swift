import Diagnostics
import OnnxIR
import Tensors

extension OnnxDecoder {
    /// *Source*: `ValueInfoProto`.
    func valueInfo(
        _ field: WireField,
        of outer: inout WireCursor,
        _ kind: String
    ) throws(OnnxReaderError) -> ValueInfo {
        var cursor = try open(field, of: &outer, as: "ValueInfoProto")
        var info = ValueInfo(name: "", type: nil)
        var type: ValueType??
        do {
            while let field = try cursor.next() {
                switch field.number {
                case 1: info.name = try text(field, of: &cursor)
                case 2: try set(&type, to: try valueType(field, of: &cursor), field, of: cursor)
                case 3: info.docString = try text(field, of: &cursor)
                case 4: info.metadata.append(try metadataEntry(field, of: &cursor))
                default: try cursor.skip(field)
                }
            }
            info.type = type ?? nil
            return info
        } catch {
            throw error.within(.item(kind, info.name))
        }
    }

    /// The type, without its denotations; `nil` when the message names none.
    ///
    /// *Source*: `TypeProto`.
    func valueType(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> ValueType? {
        var cursor = try open(field, of: &outer, as: "TypeProto")
        var type: ValueType?
        while let field = try cursor.next() {
            switch field.number {
            case 1: try set(&type, to: try tensorType(field, of: &cursor, sparse: false), field, of: cursor)
            case 4: try set(&type, to: .sequence(try elementValueType(field, of: &cursor)), field, of: cursor)
            case 5: try set(&type, to: try mapType(field, of: &cursor), field, of: cursor)
            case 7: try set(&type, to: try opaqueType(field, of: &cursor), field, of: cursor)
            case 8: try set(&type, to: try tensorType(field, of: &cursor, sparse: true), field, of: cursor)
            case 9: try set(&type, to: .optional(try elementValueType(field, of: &cursor)), field, of: cursor)
            default: try cursor.skip(field)
            }
        }
        return type
    }

    /// The element type with this number; `nil` for 0, which stands for none.
    func elementType(_ number: Int32, _ field: WireField) throws(OnnxReaderError) -> ElementType? {
        guard number != 0 else { return nil }
        guard let type = ElementType(rawValue: number) else {
            throw OnnxReaderError(
                .unsupported,
                at: .offset(field.offset),
                "element type \(number) is not supported, expected 1 to \(ElementType.allCases.count)"
            )
        }
        return type
    }

    private func tensorType(
        _ field: WireField,
        of outer: inout WireCursor,
        sparse: Bool
    ) throws(OnnxReaderError) -> ValueType {
        var cursor = try open(field, of: &outer, as: sparse ? "TypeProto.SparseTensor" : "TypeProto.Tensor")
        var element: ElementType?
        var shape: [Dimension]?
        while let field = try cursor.next() {
            switch field.number {
            case 1: element = try elementType(try cursor.int32(field), field)
            case 2: try set(&shape, to: try self.shape(field, of: &cursor), field, of: cursor)
            default: try cursor.skip(field)
            }
        }
        return sparse ? .sparseTensor(element, shape: shape) : .tensor(element, shape: shape)
    }

    private func elementValueType(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> ValueType?
    {
        var cursor = try open(field, of: &outer, as: "TypeProto.Sequence")
        var type: ValueType??
        while let field = try cursor.next() {
            switch field.number {
            case 1: try set(&type, to: try valueType(field, of: &cursor), field, of: cursor)
            default: try cursor.skip(field)
            }
        }
        return type ?? nil
    }

    private func mapType(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> ValueType {
        var cursor = try open(field, of: &outer, as: "TypeProto.Map")
        var key: ElementType?
        var value: ValueType??
        while let field = try cursor.next() {
            switch field.number {
            case 1: key = try elementType(try cursor.int32(field), field)
            case 2: try set(&value, to: try valueType(field, of: &cursor), field, of: cursor)
            default: try cursor.skip(field)
            }
        }
        return .map(key: key, value: value ?? nil)
    }

    private func opaqueType(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> ValueType {
        var cursor = try open(field, of: &outer, as: "TypeProto.Opaque")
        var domain = ""
        var name = ""
        while let field = try cursor.next() {
            switch field.number {
            case 1: domain = try text(field, of: &cursor)
            case 2: name = try text(field, of: &cursor)
            default: try cursor.skip(field)
            }
        }
        return .opaque(domain: domain, name: name)
    }

    private func shape(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> [Dimension] {
        var cursor = try open(field, of: &outer, as: "TensorShapeProto")
        var dimensions: [Dimension] = []
        while let field = try cursor.next() {
            switch field.number {
            case 1:
                guard dimensions.count < limits.rank else {
                    throw OnnxReaderError(
                        .limit,
                        at: .offset(field.offset),
                        "a shape has more than \(limits.rank) dimensions"
                    )
                }
                dimensions.append(try dimension(field, of: &cursor))
            default: try cursor.skip(field)
            }
        }
        return dimensions
    }

    private func dimension(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> Dimension {
        var cursor = try open(field, of: &outer, as: "TensorShapeProto.Dimension")
        var dimension = Dimension.unknown
        while let field = try cursor.next() {
            switch field.number {
            case 1:
                let extent = try cursor.int64(field)
                // SPEC: -1 is not in the standard; older exporters write it for an extent that is not known.
                guard extent >= -1 else {
                    throw OnnxReaderError(
                        .value,
                        at: .offset(field.offset),
                        "a dimension is \(extent), expected at least 0"
                    )
                }
                dimension = extent == -1 ? .unknown : .fixed(Int(extent))
            case 2:
                let name = try text(field, of: &cursor)
                dimension = name.isEmpty ? .unknown : .symbol(name)
            default: try cursor.skip(field)
            }
        }
        return dimension
    }
}

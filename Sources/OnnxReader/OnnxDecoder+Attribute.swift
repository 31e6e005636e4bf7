import Diagnostics
import OnnxIR
import Tensors

/// The fields of an `AttributeProto`, as far as they were there.
private struct AttributeFields {
    var name = ""
    var docString = ""
    var kind: AttributeKind?
    var reference = ""
    var float: Float?
    var int: Int64?
    var string: [UInt8]?
    var tensor: OnnxTensor?
    var graph: Graph?
    var floats: [Float] = []
    var ints: [Int64] = []
    var strings: [[UInt8]] = []
    /// The strings that came first, each once, so that a long list of a few words takes little memory.
    private var firstStrings: [[UInt8]] = []
    var tensors: [OnnxTensor] = []
    var graphs: [Graph] = []
    var type: ValueType??
    var types: [ValueType] = []
    var sparseTensor: OnnxSparseTensor?
    var sparseTensors: [OnnxSparseTensor] = []

    mutating func append(string bytes: UnsafeRawBufferPointer) {
        if let known = firstStrings.first(where: { $0.count == bytes.count && $0.elementsEqual(bytes) }) {
            strings.append(known)
            return
        }
        let string = [UInt8](bytes)
        if firstStrings.count < 4 { firstStrings.append(string) }
        strings.append(string)
    }

    /// The kinds that there are values of.
    var presentKinds: [AttributeKind] {
        let presence: [(AttributeKind, Bool)] = [
            (.float, float != nil), (.int, int != nil), (.string, string != nil), (.tensor, tensor != nil),
            (.graph, graph != nil), (.floats, !floats.isEmpty), (.ints, !ints.isEmpty), (.strings, !strings.isEmpty),
            (.tensors, !tensors.isEmpty), (.graphs, !graphs.isEmpty), (.sparseTensor, sparseTensor != nil),
            (.sparseTensors, !sparseTensors.isEmpty), (.type, type != nil), (.types, !types.isEmpty),
        ]
        return presence.filter(\.1).map(\.0)
    }

    /// The value of `kind`; `nil` where a message is missing.
    ///
    /// A number or string that is missing is zero or empty, for writers of proto3 leave those out.
    func value(of kind: AttributeKind) -> AttributeValue? {
        switch kind {
        case .float: .float(float ?? 0)
        case .int: .int(int ?? 0)
        case .string: .string(string ?? [])
        case .tensor: tensor.map(AttributeValue.tensor)
        case .graph: graph.map(AttributeValue.graph)
        case .floats: .floats(floats)
        case .ints: .ints(ints)
        case .strings: .strings(strings)
        case .tensors: .tensors(tensors)
        case .graphs: .graphs(graphs)
        case .sparseTensor: sparseTensor.map(AttributeValue.sparseTensor)
        case .sparseTensors: .sparseTensors(sparseTensors)
        case .type: (type ?? nil).map(AttributeValue.type)
        case .types: .types(types)
        }
    }
}

extension OnnxDecoder {
    /// *Source*: `AttributeProto`.
    func attribute(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> Attribute {
        let offset = field.offset
        var cursor = try open(field, of: &outer, as: "AttributeProto")
        try count(&attributeCount, limits.attributeCount, "attributes", field)
        var fields = AttributeFields()
        do {
            while let field = try cursor.next() {
                try read(field, of: &cursor, into: &fields)
            }
            return try attribute(fields, offset: offset)
        } catch {
            throw error.within(.item("attribute", fields.name))
        }
    }

    private func read(
        _ field: WireField,
        of cursor: inout WireCursor,
        into fields: inout AttributeFields
    ) throws(OnnxReaderError) {
        switch field.number {
        case 1: fields.name = try text(field, of: &cursor)
        case 2: fields.float = try cursor.float(field)
        case 3: fields.int = try cursor.int64(field)
        case 4: fields.string = try bytes(field, of: &cursor)
        case 5: try set(&fields.tensor, to: try tensor(field, of: &cursor, "tensor"), field, of: cursor)
        case 6: try set(&fields.graph, to: try graph(field, of: &cursor), field, of: cursor)
        case 7: try cursor.append(to: &fields.floats, field)
        case 8: try cursor.append(to: &fields.ints, field)
        case 9: fields.append(string: UnsafeRawBufferPointer(rebasing: region.bytes[try byteRange(field, of: &cursor)]))
        case 10: fields.tensors.append(try tensor(field, of: &cursor, "tensor"))
        case 11: fields.graphs.append(try graph(field, of: &cursor))
        case 13: fields.docString = try text(field, of: &cursor)
        case 14: try set(&fields.type, to: try valueType(field, of: &cursor), field, of: cursor)
        case 15:
            guard let type = try valueType(field, of: &cursor) else {
                throw OnnxReaderError(.value, at: .offset(field.offset), "a `TypeProto` names no type")
            }
            fields.types.append(type)
        case 20: fields.kind = try attributeKind(try cursor.int32(field), field)
        case 21: fields.reference = try text(field, of: &cursor)
        case 22: try set(&fields.sparseTensor, to: try sparseTensor(field, of: &cursor), field, of: cursor)
        case 23: fields.sparseTensors.append(try sparseTensor(field, of: &cursor))
        default: try cursor.skip(field)
        }
    }

    private func attributeKind(_ number: Int32, _ field: WireField) throws(OnnxReaderError) -> AttributeKind? {
        guard number != 0 else { return nil }
        guard let kind = AttributeKind(rawValue: number) else {
            throw OnnxReaderError(
                .unsupported,
                at: .offset(field.offset),
                "attribute type \(number) is not supported, expected 1 to \(AttributeKind.allCases.count)"
            )
        }
        return kind
    }

    private func attribute(_ fields: AttributeFields, offset: Int) throws(OnnxReaderError) -> Attribute {
        let present = fields.presentKinds
        // SPEC: files before IR version 2 state no type; then the one field that is there says it.
        guard let kind = fields.kind ?? (present.count == 1 ? present.first : nil) else {
            throw OnnxReaderError(
                .value,
                at: .offset(offset),
                "an attribute has no type, and values of \(present.count) kinds, expected 1"
            )
        }
        if let other = present.first(where: { $0 != kind }) {
            throw OnnxReaderError(
                .value,
                at: .offset(offset),
                "an attribute of type `\(kind)` has a value of type `\(other)`"
            )
        }
        let value: AttributeValue
        if !fields.reference.isEmpty {
            guard present.isEmpty else {
                throw OnnxReaderError(.value, at: .offset(offset), "an attribute has both a value and `ref_attr_name`")
            }
            value = .reference(fields.reference, kind: kind)
        } else if let stated = fields.value(of: kind) {
            value = stated
        } else {
            throw OnnxReaderError(.value, at: .offset(offset), "an attribute of type `\(kind)` has no value")
        }
        var attribute = Attribute(fields.name, value)
        attribute.docString = fields.docString
        return attribute
    }
}

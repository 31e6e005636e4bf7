import Diagnostics
import OnnxIR
import Tensors

extension OnnxDecoder {
    /// *Source*: `TensorProto`.
    func tensor(
        _ field: WireField,
        of outer: inout WireCursor,
        _ kind: String
    ) throws(OnnxReaderError) -> OnnxTensor {
        var cursor = try open(field, of: &outer, as: "TensorProto")
        try count(&tensorCount, limits.tensorCount, "tensors", field)
        return try tensor(&cursor, kind)
    }

    /// The tensor whose fields `cursor` stands before.
    func tensor(_ cursor: inout WireCursor, _ kind: String) throws(OnnxReaderError) -> OnnxTensor {
        let offset = cursor.position
        var fields = TensorFields()
        var metadata: [MetadataEntry] = []
        do {
            while let field = try cursor.next() {
                switch field.number {
                case 16: metadata.append(try metadataEntry(field, of: &cursor))
                default: try read(field, of: &cursor, into: &fields)
                }
            }
            var result = OnnxTensor(name: fields.name, tensor: try tensor(fields, offset: offset))
            result.docString = fields.docString
            result.metadata = metadata
            return result
        } catch {
            throw error.within(.item(kind, fields.name))
        }
    }

    /// *Source*: `SparseTensorProto`.
    func sparseTensor(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> OnnxSparseTensor {
        let offset = field.offset
        var cursor = try open(field, of: &outer, as: "SparseTensorProto")
        var values: OnnxTensor?
        var indices: OnnxTensor?
        var dimensions: [Int64] = []
        while let field = try cursor.next() {
            switch field.number {
            case 1: try set(&values, to: try tensor(field, of: &cursor, "sparse values"), field, of: cursor)
            case 2: try set(&indices, to: try tensor(field, of: &cursor, "sparse indices"), field, of: cursor)
            case 3: try cursor.append(to: &dimensions, field)
            default: try cursor.skip(field)
            }
        }
        guard let values, let indices else {
            throw OnnxReaderError(.value, at: .offset(offset), "a sparse tensor lacks its values or its indices")
        }
        return OnnxSparseTensor(values: values, indices: indices, shape: try shape(dimensions, offset: offset))
    }

    private func read(
        _ field: WireField,
        of cursor: inout WireCursor,
        into fields: inout TensorFields
    ) throws(OnnxReaderError) {
        switch field.number {
        case 1: try cursor.append(to: &fields.dimensions, field)
        case 2: fields.dataType = try cursor.int32(field)
        case 3:
            fields.isSegment = true
            try cursor.skip(field)
        case 4: fields[.floatData].append(try cursor.elements(field, unpacked: .fixed32))
        case 5: fields[.int32Data].append(try cursor.elements(field, unpacked: .varint))
        case 6: fields[.stringData].append(try cursor.payload(field))
        case 7: fields[.int64Data].append(try cursor.elements(field, unpacked: .varint))
        case 8: fields.name = try text(field, of: &cursor)
        case 9: fields[.rawData] = [try cursor.payload(field)]
        case 10: fields[.doubleData].append(try cursor.elements(field, unpacked: .fixed64))
        case 11: fields[.uint64Data].append(try cursor.elements(field, unpacked: .varint))
        case 12: fields.docString = try text(field, of: &cursor)
        case 13:
            let entry = try metadataEntry(field, of: &cursor)
            fields.external.append((entry.key, entry.value))
        case 14:
            let location = try cursor.int32(field)
            guard location == 0 || location == 1 else {
                throw OnnxReaderError(
                    .unsupported,
                    at: .offset(field.offset),
                    "data location \(location) is not supported, expected 0 or 1"
                )
            }
            fields.isExternal = location == 1
        default: try cursor.skip(field)
        }
    }

    private func tensor(_ fields: TensorFields, offset: Int) throws(OnnxReaderError) -> Tensor {
        guard !fields.isSegment else {
            throw OnnxReaderError(.unsupported, at: .offset(offset), "a tensor in segments is not supported")
        }
        guard
            let elementType = try elementType(
                fields.dataType,
                WireField(number: 2, type: .varint, offset: offset)
            )
        else { throw OnnxReaderError(.value, at: .offset(offset), "a tensor has no element type") }
        let shape = try shape(fields.dimensions, offset: offset)
        let present = fields.presentData
        if fields.isExternal {
            guard present.isEmpty else {
                throw OnnxReaderError(
                    .externalData,
                    at: .offset(offset),
                    "a tensor with external data has `\(present[0].rawValue)`, expected none"
                )
            }
            return try externalTensor(elementType, shape, fields, offset: offset)
        }
        let typed = TensorDataField(of: elementType)
        if let other = present.first(where: { $0 != typed && ($0 != .rawData || elementType == .string) }) {
            throw OnnxReaderError(
                .value,
                at: .offset(offset),
                "a tensor of `\(elementType.name)` has `\(other.rawValue)`, expected `\(typed.rawValue)`"
            )
        }
        guard present.count <= 1 else {
            throw OnnxReaderError(.value, at: .offset(offset), "a tensor has both `raw_data` and `\(typed.rawValue)`")
        }
        do {
            return try tensor(elementType, shape, in: present.first ?? typed, fields)
        } catch {
            throw error.place == .unknown ? error.within(.offset(offset)) : error
        }
    }

    private func externalTensor(
        _ elementType: ElementType,
        _ shape: Shape,
        _ fields: TensorFields,
        offset: Int
    ) throws(OnnxReaderError) -> Tensor {
        guard elementType != .string else {
            throw OnnxReaderError(.externalData, at: .offset(offset), "a tensor of strings has external data")
        }
        guard let externalData else {
            throw OnnxReaderError(
                .externalData,
                at: .offset(offset),
                "a tensor has external data, and no folder is known to look in"
            )
        }
        let region = try locating(.offset(offset)) { () throws(OnnxReaderError) in
            try externalData.region(for: fields.external)
        }
        return try placingTensorErrors(.offset(offset)) { () throws(TensorError) in
            try Tensor(elementType: elementType, shape: shape, region: region)
        }
    }

    private func shape(_ dimensions: [Int64], offset: Int) throws(OnnxReaderError) -> Shape {
        guard dimensions.count <= limits.rank else {
            throw OnnxReaderError(.limit, at: .offset(offset), "a shape has more than \(limits.rank) dimensions")
        }
        let extents = dimensions.map { Int($0) }
        if let negative = extents.first(where: { $0 < 0 }) {
            throw OnnxReaderError(.value, at: .offset(offset), "a dimension is \(negative), expected at least 0")
        }
        guard let shape = Shape(extents) else {
            throw OnnxReaderError(
                .value,
                at: .offset(offset),
                "\(extents) has more elements than a tensor can hold"
            )
        }
        return shape
    }
}

/// Runs `body`, and turns what it throws into an error of this module at `place`.
func placingTensorErrors<Result>(
    _ place: @autoclosure () -> Place = .unknown,
    _ body: () throws(TensorError) -> Result
) throws(OnnxReaderError) -> Result {
    do {
        return try body()
    } catch {
        throw OnnxReaderError(error).within(place())
    }
}

import COnnxProto
import CProtobufC
import Diagnostics
import Files
import OnnxIR
import Tensors

extension MessageDecoder {
    func tensor(_ message: Onnx__TensorProto) throws(OnnxProtobufError) -> OnnxTensor {
        let name = text(message.name)
        return try locating(.item("tensor", name)) { () throws(OnnxProtobufError) in
            let dimensions = numbers(message.n_dims, message.dims)
            guard let shape = Shape(dimensions.map { Int($0) }) else {
                throw OnnxProtobufError(.value, "\(dimensions) is no shape")
            }
            guard let type = try elementType(message.data_type) else {
                throw OnnxProtobufError(.value, "the tensor has no element type")
            }
            var tensor = OnnxTensor(name: name, tensor: try elements(type, shape, message))
            tensor.docString = text(message.doc_string)
            tensor.metadata = try list(message.n_metadata_props, message.metadata_props, entry)
            return tensor
        }
    }

    func sparseTensor(_ message: Onnx__SparseTensorProto) throws(OnnxProtobufError) -> OnnxSparseTensor {
        let dimensions = numbers(message.n_dims, message.dims)
        guard let values = message.values, let indices = message.indices, let shape = Shape(dimensions.map { Int($0) })
        else { throw OnnxProtobufError(.value, "a sparse tensor lacks its values, indices or shape") }
        return OnnxSparseTensor(values: try tensor(values.pointee), indices: try tensor(indices.pointee), shape: shape)
    }

    private func elements(
        _ type: ElementType,
        _ shape: Shape,
        _ message: Onnx__TensorProto
    ) throws(OnnxProtobufError) -> Tensor {
        if message.data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL {
            return try tensor(type, shape, bytes: try externalBytes(message))
        }
        if message.raw_data.len > 0 {
            return try tensor(type, shape, bytes: numbers(message.raw_data.len, message.raw_data.data))
        }
        let integers = numbers(message.n_int32_data, message.int32_data)
        switch type {
        case .string:
            let strings = numbers(message.n_string_data, message.string_data).map { data in
                String(decoding: numbers(data.len, data.data), as: UTF8.self)
            }
            do {
                return try Tensor(strings: strings, shape: shape)
            } catch {
                throw OnnxProtobufError(error)
            }
        case .float, .complex64: return try tensor(type, shape, numbers(message.n_float_data, message.float_data))
        case .double, .complex128: return try tensor(type, shape, numbers(message.n_double_data, message.double_data))
        case .int64: return try tensor(type, shape, numbers(message.n_int64_data, message.int64_data))
        case .uint64: return try tensor(type, shape, numbers(message.n_uint64_data, message.uint64_data))
        case .uint32:
            let wide = numbers(message.n_uint64_data, message.uint64_data)
            return try tensor(type, shape, wide.map { UInt32(truncatingIfNeeded: $0) })
        case .int32: return try tensor(type, shape, integers)
        case .int16, .uint16, .float16, .bfloat16:
            return try tensor(type, shape, integers.map { UInt16(truncatingIfNeeded: $0) })
        case .bool: return try tensor(type, shape, integers.map { $0 != 0 })
        case .float6e2m3, .float6e3m2:
            var bytes = [UInt8](repeating: 0, count: (integers.count * 6 + 7) / 8)
            for bit in 0..<(integers.count * 6) where integers[bit / 6] >> (bit % 6) & 1 == 1 {
                bytes[bit / 8] |= 1 << (bit % 8)
            }
            return try tensor(type, shape, bytes)
        case .int8, .uint8, .int4, .uint4, .int2, .uint2, .float4e2m1, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2,
            .float8e5m2fnuz, .float8e8m0:
            return try tensor(type, shape, integers.map { UInt8(truncatingIfNeeded: $0) })
        }
    }

    private func tensor<Number: BitwiseCopyable>(
        _ type: ElementType,
        _ shape: Shape,
        _ numbers: [Number]
    ) throws(OnnxProtobufError) -> Tensor {
        try tensor(type, shape, bytes: numbers.withUnsafeBytes { [UInt8]($0) })
    }

    private func tensor(
        _ type: ElementType,
        _ shape: Shape,
        bytes: [UInt8]
    ) throws(OnnxProtobufError) -> Tensor {
        do {
            let region = try MemoryRegion.allocate(byteCount: bytes.count, zeroed: false) { target in
                target.copyBytes(from: bytes)
            }
            return try Tensor(elementType: type, shape: shape, region: region)
        } catch {
            throw OnnxProtobufError(error)
        }
    }

    /// Reads plainly: the first reader has checked the path, and that the file is long enough.
    private func externalBytes(_ message: Onnx__TensorProto) throws(OnnxProtobufError) -> [UInt8] {
        let entries = try list(message.n_external_data, message.external_data, entry)
        let values = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
        let path = folder + "/" + (values["location"] ?? "")
        do {
            let file = try readFile(path, limit: .max)
            let offset = values["offset"].flatMap { Int($0) } ?? 0
            let length = values["length"].flatMap { Int($0) } ?? file.count - offset
            guard offset >= 0, length >= 0, offset <= file.count, length <= file.count - offset else {
                throw OnnxProtobufError(.value, at: .file(path), "external data reaches past the end of the file")
            }
            return [UInt8](file[offset..<(offset + length)])
        } catch let error as FileError {
            throw OnnxProtobufError(error)
        } catch let error as OnnxProtobufError {
            throw error
        } catch {
            throw OnnxProtobufError(.refused, at: .file(path), "\(error)")
        }
    }
}

import Diagnostics
import Tensors

/// A field of a `TensorProto` that holds elements.
enum TensorDataField: String {
    case floatData = "float_data"
    case int32Data = "int32_data"
    case stringData = "string_data"
    case int64Data = "int64_data"
    case doubleData = "double_data"
    case uint64Data = "uint64_data"
    case rawData = "raw_data"

    /// The field, other than `raw_data`, that holds elements of a type.
    ///
    /// *Source*: `TensorProto`, the comments on its data fields.
    init(of type: ElementType) {
        switch type {
        case .float, .complex64: self = .floatData
        case .double, .complex128: self = .doubleData
        case .int64: self = .int64Data
        case .uint32, .uint64: self = .uint64Data
        case .string: self = .stringData
        case .int32, .int16, .int8, .int4, .int2, .uint16, .uint8, .uint4, .uint2, .bool, .float16, .bfloat16,
            .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float4e2m1, .float6e2m3,
            .float6e3m2:
            self = .int32Data
        }
    }
}

/// The fields of a `TensorProto`; the elements are still ranges of the file.
struct TensorFields {
    var name = ""
    var docString = ""
    var metadata: [(key: String, value: String)] = []
    var dimensions: [Int64] = []
    var dataType: Int32 = 0
    var isSegment = false
    var isExternal = false
    var external: [(key: String, value: String)] = []
    /// Where the elements of the fields are that were there.
    private var data: [(field: TensorDataField, ranges: [Range<Int>])] = []

    /// Where the elements of a field are: one range for each string, packed run, or single number, in the file's order.
    ///
    /// PERF: the first dictionary with keys of a type of its own takes the runtime as long as a small model.
    subscript(field: TensorDataField) -> [Range<Int>] {
        get { data.first { $0.field == field }?.ranges ?? [] }
        _modify {
            var index = data.count
            if let known = data.firstIndex(where: { $0.field == field }) {
                index = known
            } else {
                data.append((field, []))
            }
            yield &data[index].ranges
        }
    }

    /// The fields that hold at least one byte or one string.
    var presentData: [TensorDataField] {
        data.filter { $0.field == .stringData ? !$0.ranges.isEmpty : $0.ranges.contains { !$0.isEmpty } }
            .map(\.field).sorted { $0.rawValue < $1.rawValue }
    }
}

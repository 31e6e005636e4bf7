import Diagnostics
package import JSON
package import ServingCore
import Tensors

/// Reads one element of `inputs`, or of the `outputs` of an answer, which have the same form.
///
/// *Parameter* role: what the tensor is, for messages.
package func readTensor(
    _ cursor: inout JSONCursor,
    _ binary: inout BinarySection,
    as role: StaticString = "input"
) throws(JSONError) -> NamedTensor {
    var fields = TensorFields(role: role)
    let start = cursor
    do throws(JSONError) {
        let tensor = try fields.read(&cursor, &binary)
        guard let name = fields.name else { throw start.error(.type, "the \(role) has no `name`") }
        return NamedTensor(name: name, tensor: tensor)
    } catch {
        guard let name = fields.name else { throw error }
        var located = error
        located.place = Place(error.place.segments + [.item(kind: "\(role)", name: name, detail: nil)])
        throw located
    }
}

/// The members of a tensor as they come, in any order.
private struct TensorFields {
    private let role: StaticString
    var name: String?
    private var datatype: Datatype?
    private var shape: Shape?
    /// Where `data` lies, when it came before what is needed to read it.
    private var dataBefore: JSONCursor?
    private var tensor: Tensor?
    private var binaryByteCount: Int?

    init(role: StaticString) { self.role = role }

    mutating func read(
        _ cursor: inout JSONCursor,
        _ binary: inout BinarySection
    ) throws(JSONError) -> Tensor {
        try cursor.enterObject()
        let start = cursor
        while let key = try cursor.nextKey() {
            switch key {
            case "name": name = try cursor.readString()
            case "shape": shape = try readShape(&cursor)
            case "datatype": datatype = try readDatatype(&cursor)
            case "parameters": binaryByteCount = try Parameters(&cursor).byteCount("binary_data_size")
            case "data":
                if let datatype, let shape {
                    tensor = try readTensorData(&cursor, datatype, shape)
                } else {
                    dataBefore = cursor
                    try cursor.skip()
                }
            default: try cursor.skip()
            }
        }
        guard name != nil else { throw start.error(.type, "the \(role) has no `name`") }
        guard let datatype else { throw start.error(.type, "the \(role) has no `datatype`") }
        guard let shape else { throw start.error(.type, "the \(role) has no `shape`") }
        if var data = dataBefore { tensor = try readTensorData(&data, datatype, shape) }
        switch (tensor, binaryByteCount) {
        case (let tensor?, nil): return tensor
        case (nil, let count?): return try binary.takeTensor(datatype, shape, byteCount: count)
        case (nil, nil): throw start.error(.type, "the \(role) has no `data`")
        case (_?, _?): throw start.error(.type, "the \(role) has both `data` and `binary_data_size`")
        }
    }

    private func readShape(_ cursor: inout JSONCursor) throws(JSONError) -> Shape {
        let start = cursor
        let extents = try cursor.readNumbers(as: Int.self, limit: 64)
        guard let shape = Shape(extents) else {
            throw start.error(.type, "the shape \(extents) is out of range, expected extents of 0 or more")
        }
        return shape
    }

    private func readDatatype(_ cursor: inout JSONCursor) throws(JSONError) -> Datatype {
        let start = cursor
        let name = try cursor.readString()
        guard let datatype = Datatype(rawValue: name) else {
            let known = Datatype.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw start.error(.type, "the datatype `\(name)` is unknown, expected one of \(known)")
        }
        return datatype
    }
}

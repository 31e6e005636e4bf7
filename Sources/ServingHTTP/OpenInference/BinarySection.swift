import Diagnostics
package import JSON
import ServingCore
import Tensors

/// The bytes behind the JSON of a request or an answer: the elements of its tensors, little-endian, in the order of the inputs.
///
/// *Source*: Triton, Binary Tensor Data Extension.
package struct BinarySection {
    private var rest: ArraySlice<UInt8>

    /// A section that nothing was taken of.
    package init(bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next `byteCount` bytes as a tensor.
    mutating func takeTensor(
        _ datatype: Datatype,
        _ shape: Shape,
        byteCount: Int
    ) throws(JSONError) -> Tensor {
        guard byteCount <= rest.count else {
            throw JSONError(
                .truncated,
                "the body ends early, expected \(byteCount) bytes of `binary_data_size`, got \(rest.count)"
            )
        }
        let bytes = rest.prefix(byteCount)
        rest = rest.dropFirst(byteCount)
        do throws(TensorError) {
            return try binaryTensor(bytes, datatype, shape)
        } catch {
            throw JSONError(.type, at: error.place, error.message)
        }
    }

    /// Makes sure that every byte belongs to an input.
    package func finish() throws(JSONError) {
        guard rest.isEmpty else {
            throw JSONError(.type, "the body has \(rest.count) bytes behind the last input, expected none")
        }
    }
}

/// The only input of a model, when the whole body is its bytes.
///
/// Varying extents are 1, save the last, which the byte count decides when the elements have a fixed size.
///
/// *Source*: Triton, Binary Tensor Data Extension, Raw Binary Request.
func rawInput(_ body: [UInt8], of model: ServedModel) throws(ServingError) -> NamedTensor {
    guard model.inputs.count == 1, let input = model.inputs.first, let dimensions = input.dimensions else {
        throw ServingError(
            .request,
            "a request without JSON is for models with one input of known rank, got \(model.inputs.count) inputs"
        )
    }
    guard !body.isEmpty else {
        throw ServingError(.request, at: .item("input", input.name), "the body is empty, expected its bytes")
    }
    var extents = dimensions.map { $0 ?? 1 }
    if let axis = dimensions.lastIndex(of: nil), let known = Shape(extents),
        let rowByteCount = input.datatype.elementType.byteCount(of: known.elementCount), rowByteCount > 0
    {
        extents[axis] = body.count / rowByteCount
    }
    guard let shape = Shape(extents) else {
        throw ServingError(.request, "the shape \(extents) is out of range")
    }
    do throws(TensorError) {
        return NamedTensor(name: input.name, tensor: try binaryTensor(body[...], input.datatype, shape))
    } catch {
        throw ServingError(.request, at: .item("input", input.name), error.message)
    }
}

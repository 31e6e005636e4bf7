import Diagnostics
package import ServingCore
import Tensors

extension ModelMetadata {
    /// Makes sure that values are what the model says it takes: names, datatypes and extents.
    ///
    /// A model that says nothing of its inputs takes what it gets.
    ///
    /// *Throws*: `input` for what it does not take.
    package func check(_ values: [NamedTensor]) throws(ClientError) {
        guard !inputs.isEmpty else { return }
        for value in values {
            guard let input = inputs.first(where: { $0.name == value.name }) else {
                let known = inputs.map { "`\($0.name)`" }.joined(separator: ", ")
                throw ClientError(
                    .input,
                    "the model has no input `\(value.name)`, expected \(known)",
                    hint: suggestion(for: value.name, among: inputs.map(\.name)).map { "did you mean `\($0)`?" }
                )
            }
            try locating(.item("input", value.name)) { () throws(ClientError) in try Self.check(value, input) }
        }
        let names = values.map(\.name)
        if let missing = inputs.first(where: { !names.contains($0.name) }) {
            throw ClientError(
                .input,
                at: .item("input", missing.name),
                "there is no value, expected `\(missing.datatype)` \(missing.shape)"
            )
        }
    }

    private static func check(_ value: NamedTensor, _ input: Tensor) throws(ClientError) {
        let datatype = Datatype(value.tensor.elementType)?.rawValue ?? value.tensor.elementType.name
        guard datatype == input.datatype else {
            throw ClientError(.input, "the datatype is `\(datatype)`, expected `\(input.datatype)`")
        }
        let extents = value.tensor.shape.dimensions
        // A model that leaves its rank open says [-1].
        let isOpen = input.shape == [-1]
        let fits =
            extents.count == input.shape.count
            && zip(extents, input.shape).allSatisfy { $0 == $1 || $1 < 0 }
        guard isOpen || fits else {
            throw ClientError(.input, "the shape is \(extents), expected \(input.shape)")
        }
    }
}

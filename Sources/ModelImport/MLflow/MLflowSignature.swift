import Diagnostics
import JSON
import YAML

/// The inputs and outputs that a model directory of MLflow declares.
///
/// *Source*: `mlflow.models.signature.ModelSignature.to_dict`: texts of JSON, columns with `name` and `type`, or tensors
/// with `name` and `tensor-spec`.
package struct MLflowSignature: Sendable, Hashable {
    /// A column or tensor.
    package struct Field: Sendable, Hashable {
        /// The name; `nil` for a column or tensor without one.
        package var name: String?
        /// MLflow's type of a column, as `double`, or NumPy's with the extents of a tensor, as `float64[-1, 4]`.
        package var type: String

        var json: JSONValue { ["name": name.map { .string($0) } ?? .null, "type": .string(type)] }
    }

    package var inputs: [Field]
    package var outputs: [Field]

    init(_ node: YAMLMapping) throws(YAMLError) {
        inputs = try node["inputs"].map { node throws(YAMLError) in try Self.fields(node) } ?? []
        outputs = try node["outputs"].map { node throws(YAMLError) in try Self.fields(node) } ?? []
    }

    private static func fields(_ node: YAMLNode) throws(YAMLError) -> [Field] {
        let text = try node.text()
        let fields: [JSONValue]
        do throws(JSONError) {
            fields = try JSONValue.parse(Array(text.utf8)).array ?? []
        } catch {
            throw YAMLError(.value, at: node.place, "the signature is no JSON: \(error.message)")
        }
        return fields.map { field in
            let tensor = field["tensor-spec"]
            let extents = tensor?["shape"]?.array?.map { $0.number?.text ?? "?" }
            let type = tensor?["dtype"]?.string ?? field["type"]?.string ?? "?"
            return Field(
                name: field["name"]?.string,
                type: extents.map { "\(type)[\($0.joined(separator: ", "))]" } ?? type
            )
        }
    }

    /// The names of the columns that go in; `nil` where one has none, or a tensor goes in.
    package var columnNames: [String]? {
        let names = inputs.compactMap { $0.type.contains("[") ? nil : $0.name }
        return names.isEmpty || names.count != inputs.count ? nil : names
    }

    var json: JSONValue {
        ["inputs": .array(inputs.map(\.json)), "outputs": .array(outputs.map(\.json))]
    }
}

import Diagnostics
import OnnxIR

/// What a `Gradient` node asks for.
struct GradientRequest {
    /// Values by which the target is derived.
    let variables: [String]
    /// Other values that the target depends on.
    let fixed: [String]
    let target: String

    init(_ node: Node) throws(EngineError) {
        var (variables, fixed, target): ([String], [String], String?) = ([], [], nil)
        for attribute in node.attributes {
            switch (attribute.name, attribute.value) {
            case ("xs", .strings(let names)): variables = names.map { String(decoding: $0, as: UTF8.self) }
            case ("zs", .strings(let names)): fixed = names.map { String(decoding: $0, as: UTF8.self) }
            case ("y", .string(let name)): target = String(decoding: name, as: UTF8.self)
            default: throw EngineError(.attribute, "attribute `\(attribute.name)` is none of `xs`, `y` and `zs`")
            }
        }
        guard let target, !variables.isEmpty else {
            throw EngineError(.attribute, "attributes `xs` and `y` are not both given")
        }
        guard node.inputs.count == variables.count + fixed.count, node.outputs.count <= variables.count else {
            throw EngineError(
                .graph,
                """
                the node has \(node.inputs.count) inputs and \(node.outputs.count) outputs, expected \
                \(variables.count + fixed.count) and at most \(variables.count)
                """
            )
        }
        self.variables = variables
        self.fixed = fixed
        self.target = target
    }
}

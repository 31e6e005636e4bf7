import Diagnostics
import OnnxIR
import Tensors

extension ModelCheck {
    /// Holds the types that are known against the schema's constraints.
    ///
    /// *Returns* the types of the outputs: as the schema's type variables say, else as the graph declares them.
    mutating func checkTypes(
        of node: Node,
        _ schema: OperatorSchema,
        declared: [String: ValueType],
        scope: Scope,
        at place: Place
    ) -> [ValueType?] {
        var variables: [String: (spelling: String, input: String)] = [:]
        for (index, name) in node.inputs.enumerated() where !name.isEmpty {
            guard let parameter = schema.input(at: index),
                let spelling = scope.definition(of: name)?.type?.spelling
            else { continue }
            let allowed = schema.typeConstraint(parameter.type)?.allowedTypes ?? [parameter.type]
            if !allowed.contains(spelling) {
                let message = "input `\(name)` (\(parameter.name)) is \(spelling), expected \(Self.list(allowed))"
                error(.type, at: place, message)
            } else if !parameter.isHeterogeneous, let other = variables[parameter.type] {
                guard other.spelling != spelling else { continue }
                let message =
                    "input `\(name)` (\(parameter.name)) is \(spelling), expected \(other.spelling) as `\(other.input)`"
                error(.type, at: place, message)
            } else if !parameter.isHeterogeneous {
                variables[parameter.type] = (spelling, name)
            }
        }
        return node.outputs.enumerated().map { index, name in
            guard !name.isEmpty, let parameter = schema.output(at: index) else { return nil }
            let allowed = schema.typeConstraint(parameter.type)?.allowedTypes ?? [parameter.type]
            let given = declared[name]
            let inferred = parameter.isHeterogeneous ? nil : variables[parameter.type]?.spelling
            let only = inferred ?? (allowed.count == 1 ? allowed[0] : nil) ?? Self.typeByAttribute(of: node)
            if let spelling = given?.spelling {
                if let only, only != spelling {
                    error(.type, at: place, "output `\(name)` is declared as \(spelling), expected \(only)")
                } else if !allowed.contains(spelling) {
                    let message = "output `\(name)` is declared as \(spelling), expected \(Self.list(allowed))"
                    error(.type, at: place, message)
                }
            }
            return only.flatMap { ValueType(spelling: $0) } ?? given
        }
    }

    /// The type that an attribute gives the output of the few operators that no input tells.
    private static func typeByAttribute(of node: Node) -> String? {
        guard node.domain == .onnx else { return nil }
        func tensor(_ elementType: ElementType?) -> String? { elementType.map { "tensor(\($0.name))" } }
        switch (node.opType, node.attributes.first?.value) {
        case ("Cast", _):
            guard case .int(let number)? = node.attribute("to")?.value else { return nil }
            return tensor(Int32(exactly: number).flatMap(ElementType.init(rawValue:)))
        case ("ConstantOfShape", _):
            guard let attribute = node.attribute("value") else { return tensor(.float) }
            guard case .tensor(let value) = attribute.value else { return nil }
            return tensor(value.tensor.elementType)
        case ("Constant", .tensor(let value)): return tensor(value.tensor.elementType)
        case ("Constant", .sparseTensor(let value)): return tensor(value.values.tensor.elementType)
        case ("Constant", .float), ("Constant", .floats): return tensor(.float)
        case ("Constant", .int), ("Constant", .ints): return tensor(.int64)
        case ("Constant", .string), ("Constant", .strings): return tensor(.string)
        default: return nil
        }
    }

    /// Types in a sentence, the first few where there are many.
    private static func list(_ types: [String]) -> String {
        let shown = types.count > 8 ? types.prefix(7) + ["or \(types.count - 7) others"] : types[...]
        return shown.joined(separator: ", ")
    }
}

extension ValueType {
    /// The type as constraints spell it, without shapes; `nil` where a part is not known.
    var spelling: String? {
        switch self {
        case .tensor(let element, _): element.map { "tensor(\($0.name))" }
        case .sparseTensor(let element, _): element.map { "sparse_tensor(\($0.name))" }
        case .sequence(let element): element?.spelling.map { "seq(\($0))" }
        case .optional(let element): element?.spelling.map { "optional(\($0))" }
        case .map(let key?, .tensor(let value?, _)?): "map(\(key.name),\(value.name))"
        case .map, .opaque: nil
        }
    }

    /// The type that a constraint spells, of no known shape; `nil` for maps, which no variable carries on.
    init?(spelling: String) {
        guard spelling.hasSuffix(")"), let open = spelling.firstIndex(of: "(") else { return nil }
        let inner = String(spelling[spelling.index(after: open)...].dropLast())
        switch spelling[..<open] {
        case "tensor":
            guard let element = ElementType(name: inner) else { return nil }
            self = .tensor(element, shape: nil)
        case "seq":
            guard let element = ValueType(spelling: inner) else { return nil }
            self = .sequence(element)
        case "optional":
            guard let element = ValueType(spelling: inner) else { return nil }
            self = .optional(element)
        default: return nil
        }
    }
}

/// The generated text of the operator schemas, and how one line of it reads; `generate.py` says what the fields are.
enum OperatorTable {
    /// The text of each file with the domain of its operators.
    static let files: [(domain: OperatorDomain, text: String)] = [
        (.onnx, onnxAtoC),
        (.onnx, onnxDtoL),
        (.onnx, onnxMtoR),
        (.onnx, onnxStoZ),
        (.onnxML, onnxML),
        (.onnxPreview, onnxPreview),
        (.onnxPreviewTraining, onnxPreviewTraining),
        (.onnx, onnxRuntime),
        (.microsoft, microsoft),
    ]

    private static let typeSetLines = typeSets.utf8.split(separator: UInt8(ascii: "\n")).map { Substring($0) }

    /// The schema that a line spells; `nil` when it does not keep the form, which the tests rule out.
    static func schema(_ line: Substring, domain: OperatorDomain) -> OperatorSchema? {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        guard fields.count == 7, let sinceVersion = Int64(fields[1]) else { return nil }
        let constraints = fields[5].split(separator: " ").map { typeConstraint($0) }
        let attributes = fields[6].split(separator: " ").map(attribute)
        let inputs = fields[3].split(separator: " ").map(parameter)
        let outputs = fields[4].split(separator: " ").map(parameter)
        let known = (constraints.compactMap(\.self), attributes.compactMap(\.self))
        guard known.0.count == constraints.count, known.1.count == attributes.count else { return nil }
        return OperatorSchema(
            name: String(fields[0]),
            domain: domain,
            sinceVersion: sinceVersion,
            isDeprecated: fields[2].contains("d"),
            isFunction: fields[2].contains("f"),
            isOfOnnxRuntime: fields[2].contains("r"),
            inputs: inputs,
            outputs: outputs,
            typeConstraints: known.0,
            attributes: known.1
        )
    }

    private static func parameter(_ text: Substring) -> OperatorSchema.Parameter {
        let (name, rest) = halves(text, at: ":")
        if rest.hasSuffix("?") {
            return .init(name: String(name), type: String(rest.dropLast()), option: .optional)
        }
        for (mark, isHomogeneous) in [(Character("*"), true), (Character("~"), false)] where rest.contains(mark) {
            let (type, count) = halves(rest, at: mark)
            let option = OperatorSchema.Parameter.Option.variadic(
                atLeast: Int(count) ?? 0,
                isHomogeneous: isHomogeneous
            )
            return .init(name: String(name), type: String(type), option: option)
        }
        return .init(name: String(name), type: String(rest), option: .single)
    }

    private static func typeConstraint(_ text: Substring) -> OperatorSchema.TypeConstraint? {
        let (variable, number) = halves(text, at: "=")
        guard let index = Int(number), typeSetLines.indices.contains(index) else { return nil }
        let types = typeSetLines[index].split(separator: " ").map { $0.contains("(") ? String($0) : "tensor(\($0))" }
        return .init(variable: String(variable), allowedTypes: types)
    }

    private static let kinds: [Character: AttributeKind] = [
        "f": .float, "i": .int, "s": .string, "t": .tensor, "g": .graph, "p": .sparseTensor, "y": .type,
        "F": .floats, "I": .ints, "S": .strings,
    ]

    private static func attribute(_ text: Substring) -> OperatorSchema.AttributeSchema? {
        let (name, rest) = halves(text, at: ":")
        guard let kind = rest.first.flatMap({ kinds[$0] }) else { return nil }
        var value: OperatorSchema.AttributeSchema.Default?
        if rest.dropFirst().first == "=" {
            guard let parsed = defaultValue(rest.dropFirst(2), kind: kind) else { return nil }
            value = parsed
        }
        return .init(name: String(name), kind: kind, isRequired: rest.hasSuffix("!"), defaultValue: value)
    }

    private static func defaultValue(
        _ text: Substring,
        kind: AttributeKind
    ) -> OperatorSchema.AttributeSchema.Default? {
        let elements = text.split(separator: ",")
        switch kind {
        case .float: return Float(text).map { .float($0) }
        case .int: return Int64(text).map { .int($0) }
        case .string: return .string(String(text))
        case .floats: return .floats(elements.compactMap { Float($0) })
        case .ints: return .ints(elements.compactMap { Int64($0) })
        case .strings: return .strings(elements.map(String.init))
        default: return nil
        }
    }

    private static func halves(_ text: Substring, at mark: Character) -> (Substring, Substring) {
        guard let index = text.firstIndex(of: mark) else { return (text, "") }
        return (text[..<index], text[text.index(after: index)...])
    }
}

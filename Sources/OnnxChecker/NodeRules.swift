import Diagnostics
import OnnxIR

extension ModelCheck {
    /// Checks a node against what defines its operator, and the graphs in its attributes.
    ///
    /// *Returns* the types of the outputs, where they are known.
    mutating func checkNode(
        _ node: Node,
        declared: [String: ValueType],
        in context: Context,
        scope: Scope,
        at place: Place
    ) -> [ValueType?] {
        let unknown = [ValueType?](repeating: nil, count: node.outputs.count)
        checkAttributeNames(of: node, in: context, at: place)
        defer { checkSubgraphs(of: node, in: context, scope: scope, at: place) }
        guard !node.opType.isEmpty else {
            error(.emptyName, at: place, "the node names no operator")
            return unknown
        }
        guard let opset = context.opsets[node.domain] else {
            let message = "the domain `\(node.domain)` has no entry in `opset_import`"
            if isFirstMiss(of: node.domain, at: context.function.map(FunctionKey.init)) {
                error(.opsetImport, at: place, message)
            }
            return unknown
        }
        if let function = functions[FunctionKey(calledBy: node)] {
            checkCall(of: function, by: node, at: place)
            return unknown
        }
        let isOfStandardDomain = OperatorSchemas.standard.contains(node.domain)
        guard let schema = schema(domain: node.domain, opType: node.opType, opset: opset) else {
            if isFirstMeeting(domain: node.domain, opType: node.opType) {
                if isOfStandardDomain {
                    reportUnknown(node, opset: opset, at: place)
                } else {
                    reportForeign(node, at: place)
                }
            }
            return unknown
        }
        if schema.isOfOnnxRuntime, isOfStandardDomain, isFirstMeeting(domain: node.domain, opType: node.opType) {
            let message = "the operator is ONNX Runtime's own, though the node is of domain `\(node.domain)`"
            warning(.unknownOperator, at: place, message)
        }
        guard !schema.isDeprecated else {
            let message = "the operator is gone since opset \(schema.sinceVersion)"
            error(.deprecatedOperator, at: place, message)
            return unknown
        }
        checkCounts(of: node, schema, at: place)
        checkAttributes(of: node, schema, at: place)
        return checkTypes(of: node, schema, declared: declared, scope: scope, at: place)
    }

    private mutating func reportForeign(_ node: Node, at place: Place) {
        let name = FunctionKey(calledBy: node)
        guard !functionDomains.contains(node.domain) else {
            let names = functions.keys.filter { $0.domain == node.domain }.map(\.name).sorted()
            let message = "the model has no function `\(name)`"
            error(.unknownOperator, at: place, message, hint: didYouMean(node.opType, among: names))
            return
        }
        let message = "neither ONNX nor a function of the model defines `\(name)`"
        error(.unknownDomain, at: place, message, hint: "the node's attributes, counts and types are not checked")
    }

    private mutating func reportUnknown(_ node: Node, opset: Int64, at place: Place) {
        let schemas = OperatorSchemas.standard
        if let first = schemas.sinceVersions(domain: node.domain, opType: node.opType).first {
            let message = "the operator came with opset \(first) of `\(node.domain)`, the model imports \(opset)"
            error(.unknownOperator, at: place, message)
            return
        }
        let other = [OperatorDomain.onnx, .onnxML, .onnxPreview, .onnxPreviewTraining].first {
            !schemas.sinceVersions(domain: $0, opType: node.opType).isEmpty
        }
        let hint =
            other.map { "domain `\($0)` has an operator of this name" }
            ?? didYouMean(node.opType, among: schemas.operators(of: node.domain))
        error(.unknownOperator, at: place, "`\(node.domain)` has no operator `\(node.opType)`", hint: hint)
    }

    private mutating func checkCounts(of node: Node, _ schema: OperatorSchema, at place: Place) {
        if !schema.inputCount.contains(node.inputs.count) {
            let message = "the node has \(counted(node.inputs.count, "input")), expected \(schema.inputCount)"
            error(.inputCount, at: place, message)
        }
        if !schema.outputCount.contains(node.outputs.count) {
            let message = "the node has \(counted(node.outputs.count, "output")), expected \(schema.outputCount)"
            error(.outputCount, at: place, message)
        }
        for (index, name) in node.inputs.enumerated() where name.isEmpty {
            guard let parameter = schema.input(at: index), parameter.option == .single else { continue }
            error(.inputCount, at: place, "input `\(parameter.name)` is left out, and it is not optional")
        }
        for (index, name) in node.outputs.enumerated() where name.isEmpty {
            guard let parameter = schema.output(at: index), parameter.option == .single else { continue }
            error(.outputCount, at: place, "output `\(parameter.name)` is left out, and it is not optional")
        }
    }

    private mutating func checkAttributeNames(of node: Node, in context: Context, at place: Place) {
        var names: Set<String> = []
        for attribute in node.attributes {
            if attribute.name.isEmpty { error(.emptyName, at: place, "an attribute has no name") }
            if !names.insert(attribute.name).inserted {
                error(.duplicateAttribute, at: place, "attribute `\(attribute.name)` is given twice")
            }
            guard case .reference(let target, _) = attribute.value else { continue }
            guard let function = context.function else {
                let message =
                    "attribute `\(attribute.name)` refers to `\(target)`, expected a value outside of functions"
                error(.attributeReference, at: place, message)
                continue
            }
            if !function.attributeNames.contains(target),
                !function.attributeDefaults.contains(where: { $0.name == target })
            {
                let known = function.attributeNames + function.attributeDefaults.map(\.name)
                let message = "attribute `\(attribute.name)` refers to `\(target)`, which the function does not have"
                error(.attributeReference, at: place, message, hint: didYouMean(target, among: known))
            }
        }
    }

    private mutating func checkAttributes(of node: Node, _ schema: OperatorSchema, at place: Place) {
        for attribute in node.attributes where !attribute.name.isEmpty {
            guard let known = schema.attribute(attribute.name) else {
                let hint = didYouMean(attribute.name, among: schema.attributes.map(\.name))
                error(.unknownAttribute, at: place, "unknown attribute `\(attribute.name)`", hint: hint)
                continue
            }
            if attribute.value.kind != known.kind {
                let message =
                    "attribute `\(attribute.name)` is \(attribute.value.kind.words), expected \(known.kind.words)"
                error(.attributeKind, at: place, message)
            }
        }
        for attribute in schema.attributes where attribute.isRequired && node.attribute(attribute.name) == nil {
            let message = "attribute `\(attribute.name)` is missing, expected \(attribute.kind.words)"
            error(.missingAttribute, at: place, message)
        }
    }
}

extension AttributeKind {
    /// The kind in a sentence: `an int`.
    var words: String {
        switch self {
        case .float: "a float"
        case .int: "an int"
        case .string: "a string"
        case .tensor: "a tensor"
        case .graph: "a graph"
        case .floats: "a list of floats"
        case .ints: "a list of ints"
        case .strings: "a list of strings"
        case .tensors: "a list of tensors"
        case .graphs: "a list of graphs"
        case .sparseTensor: "a sparse tensor"
        case .sparseTensors: "a list of sparse tensors"
        case .type: "a type"
        case .types: "a list of types"
        }
    }
}

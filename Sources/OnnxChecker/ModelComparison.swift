import Diagnostics
import Glibc
package import OnnxIR
import Tensors

/// Where two readings of one file differ, in the words of the second about the first; empty when they agree.
package func modelDifferences(_ model: Model, _ other: Model) -> [CheckerError] {
    var comparison = ModelComparison()
    comparison.compare(model, other)
    return comparison.differences
}

/// One walk over two models side by side.
private struct ModelComparison {
    private static let limit = 20
    var differences: [CheckerError] = []

    mutating func compare(_ left: Model, _ right: Model) {
        let place = Place.unknown
        same("ir_version", left.irVersion, right.irVersion, at: place)
        same("opset_import", left.opsetImports, right.opsetImports, at: place)
        same("producer_name", left.producerName, right.producerName, at: place)
        same("producer_version", left.producerVersion, right.producerVersion, at: place)
        same("domain", left.domain, right.domain, at: place)
        same("model_version", left.modelVersion, right.modelVersion, at: place)
        same("doc_string", left.docString, right.docString, at: place)
        same("metadata_props", left.metadata, right.metadata, at: place)
        same("configuration", left.deviceConfigurations, right.deviceConfigurations, at: place)
        compare(left.graph, right.graph, at: place)
        each("functions", left.functions, right.functions, at: place) { comparison, left, right, _ in
            comparison.compare(left, right, at: .item("function", "\(left.domain)::\(left.name)"))
        }
        each("training_info", left.trainingInfo, right.trainingInfo, at: place) { comparison, left, right, index in
            comparison.compare(left, right, at: .item("training_info", "\(index)"))
        }
    }

    private mutating func compare(_ left: TrainingInfo, _ right: TrainingInfo, at place: Place) {
        same("initialization_binding", left.initializationBindings, right.initializationBindings, at: place)
        same("update_binding", left.updateBindings, right.updateBindings, at: place)
        let pairs = [
            ("initialization", left.initialization, right.initialization),
            ("algorithm", left.algorithm, right.algorithm),
        ]
        for (name, left, right) in pairs {
            same(name + " given", left != nil, right != nil, at: place)
            if let left, let right { compare(left, right, at: place) }
        }
    }

    private mutating func compare(_ left: Function, _ right: Function, at place: Place) {
        same("name", left.name, right.name, at: place)
        same("domain", left.domain, right.domain, at: place)
        same("overload", left.overload, right.overload, at: place)
        same("doc_string", left.docString, right.docString, at: place)
        same("input", left.inputs, right.inputs, at: place)
        same("output", left.outputs, right.outputs, at: place)
        same("attribute", left.attributeNames, right.attributeNames, at: place)
        same("opset_import", left.opsetImports, right.opsetImports, at: place)
        same("value_info", left.valueInfo, right.valueInfo, at: place)
        same("metadata_props", left.metadata, right.metadata, at: place)
        compare(left.attributeDefaults, right.attributeDefaults, at: place)
        compare(left.nodes, right.nodes, at: place)
    }

    private mutating func compare(_ left: Graph, _ right: Graph, at place: Place) {
        same("name", left.name, right.name, at: place)
        same("doc_string", left.docString, right.docString, at: place)
        same("input", left.inputs, right.inputs, at: place)
        same("output", left.outputs, right.outputs, at: place)
        same("value_info", left.valueInfo, right.valueInfo, at: place)
        same("quantization_annotation", left.quantizationAnnotations, right.quantizationAnnotations, at: place)
        same("metadata_props", left.metadata, right.metadata, at: place)
        each("initializer", left.initializers, right.initializers, at: place) { comparison, left, right, _ in
            comparison.compare(left, right, at: Place.item("initializer", left.name).within(place))
        }
        each("sparse_initializer", left.sparseInitializers, right.sparseInitializers, at: place) {
            comparison,
            left,
            right,
            _ in
            comparison.compare(left, right, at: Place.item("sparse initializer", left.values.name).within(place))
        }
        compare(left.nodes, right.nodes, at: place)
    }

    private mutating func compare(_ left: [Node], _ right: [Node], at place: Place) {
        each("node", left, right, at: place) { comparison, left, right, index in
            let name = left.name.isEmpty ? "#\(index)" : left.name
            let place = Place.node(name, operator: left.opType, opset: nil).within(place)
            comparison.same("name", left.name, right.name, at: place)
            comparison.same("op_type", left.opType, right.opType, at: place)
            comparison.same("domain", left.domain, right.domain, at: place)
            comparison.same("overload", left.overload, right.overload, at: place)
            comparison.same("doc_string", left.docString, right.docString, at: place)
            comparison.same("input", left.inputs, right.inputs, at: place)
            comparison.same("output", left.outputs, right.outputs, at: place)
            comparison.same("metadata_props", left.metadata, right.metadata, at: place)
            comparison.same("configurations", left.deviceConfigurations, right.deviceConfigurations, at: place)
            comparison.compare(left.attributes, right.attributes, at: place)
        }
    }

    private mutating func compare(_ left: [Attribute], _ right: [Attribute], at place: Place) {
        each("attribute", left, right, at: place) { comparison, left, right, _ in
            let place = Place.item("attribute", left.name).within(place)
            comparison.same("name", left.name, right.name, at: place)
            comparison.same("doc_string", left.docString, right.docString, at: place)
            comparison.compare(left.value, right.value, at: place)
        }
    }

    private mutating func compare(_ left: AttributeValue, _ right: AttributeValue, at place: Place) {
        switch (left, right) {
        case (.float(let left), .float(let right)): same("f", left.bitPattern, right.bitPattern, at: place)
        case (.int(let left), .int(let right)): same("i", left, right, at: place)
        case (.string(let left), .string(let right)): same("s", left, right, at: place)
        case (.floats(let left), .floats(let right)):
            same("floats", left.map(\.bitPattern), right.map(\.bitPattern), at: place)
        case (.ints(let left), .ints(let right)): same("ints", left, right, at: place)
        case (.strings(let left), .strings(let right)): same("strings", left, right, at: place)
        case (.type(let left), .type(let right)): same("tp", left, right, at: place)
        case (.types(let left), .types(let right)): same("type_protos", left, right, at: place)
        case (.tensor(let left), .tensor(let right)): compare(left, right, at: place)
        case (.sparseTensor(let left), .sparseTensor(let right)): compare(left, right, at: place)
        case (.graph(let left), .graph(let right)): compare(left, right, at: place)
        case (.tensors(let left), .tensors(let right)):
            each("tensors", left, right, at: place) { $0.compare($1, $2, at: place) }
        case (.sparseTensors(let left), .sparseTensors(let right)):
            each("sparse_tensors", left, right, at: place) { $0.compare($1, $2, at: place) }
        case (.graphs(let left), .graphs(let right)):
            each("graphs", left, right, at: place) { $0.compare($1, $2, at: place) }
        case (.reference(let left, let leftKind), .reference(let right, let rightKind)):
            same("ref_attr_name", left, right, at: place)
            same("type", leftKind, rightKind, at: place)
        default: same("type", left.kind, right.kind, at: place)
        }
    }

    private mutating func compare(_ left: OnnxSparseTensor, _ right: OnnxSparseTensor, at place: Place) {
        same("dims", left.shape, right.shape, at: place)
        compare(left.values, right.values, at: place)
        compare(left.indices, right.indices, at: place)
    }

    private mutating func compare(_ left: OnnxTensor, _ right: OnnxTensor, at place: Place) {
        same("name", left.name, right.name, at: place)
        same("doc_string", left.docString, right.docString, at: place)
        same("metadata_props", left.metadata, right.metadata, at: place)
        same("data_type", left.tensor.elementType, right.tensor.elementType, at: place)
        same("dims", left.tensor.shape, right.tensor.shape, at: place)
        guard left.tensor.elementType == right.tensor.elementType else { return }
        let isSame =
            if let leftRegion = left.tensor.region, let rightRegion = right.tensor.region {
                Self.isSame(leftRegion.bytes, rightRegion.bytes)
            } else {
                left.tensor.strings == right.tensor.strings
            }
        if !isSame { report("the elements differ", at: place) }
    }

    private static func isSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count, let leftBase = left.baseAddress, let rightBase = right.baseAddress else {
            return left.count == right.count
        }
        return memcmp(leftBase, rightBase, left.count) == 0
    }

    private mutating func same<Value: Equatable>(_ field: String, _ left: Value, _ right: Value, at place: Place) {
        guard left != right else { return }
        report("the readers differ on `\(field)`: \(short(left)) and \(short(right))", at: place)
    }

    private mutating func each<Element>(
        _ field: String,
        _ left: [Element],
        _ right: [Element],
        at place: Place,
        _ body: (inout ModelComparison, Element, Element, Int) -> Void
    ) {
        same("number of \(field)", left.count, right.count, at: place)
        for (index, pair) in zip(left, right).enumerated() { body(&self, pair.0, pair.1, index) }
    }

    private mutating func each<Element>(
        _ field: String,
        _ left: [Element],
        _ right: [Element],
        at place: Place,
        _ body: (inout ModelComparison, Element, Element) -> Void
    ) {
        each(field, left, right, at: place) { comparison, left, right, _ in body(&comparison, left, right) }
    }

    private mutating func report(_ message: String, at place: Place) {
        guard differences.count < Self.limit else { return }
        differences.append(CheckerError(.secondReader, at: place, message))
    }

    private func short(_ value: some Any) -> String {
        let text = "\(value)"
        return text.count > 60 ? text.prefix(57) + "…" : text
    }
}

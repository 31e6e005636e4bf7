import Diagnostics
import OnnxIR
import Tensors

/// For each row a map from the class labels to the row's elements.
struct ZipMap: Operator {
    let labels: ClassLabels

    static let definition = OperatorDefinition("ZipMap", domain: .onnxML, since: 1) { node throws(EngineError) in
        ZipMap(labels: try ClassLabels(node, integers: "classlabels_int64s", strings: "classlabels_strings"))
    }

    private static let valueType = ValueType.tensor(.float, [])
    private var mapType: ValueType { .map(key: labels.elementType, value: Self.valueType) }

    func infer(_ inputs: InputFacts) -> [Facts] { [Facts(type: .sequence(mapType))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let elements = try input.array(of: Float.self)
        guard input.shape.dimensions.last == labels.count else {
            throw EngineError(.shape, "input has shape \(input.shape), expected \(labels.count) columns")
        }
        // PERF: a tensor of its own for each element takes some 250 bytes.
        try call.state.check(.int64, call.shape([elements.count, 32]))
        let keys = try labels.all()
        var rows: [Value] = []
        for start in stride(from: 0, to: elements.count, by: labels.count) {
            var values: [Value] = []
            for element in elements[start..<(start + labels.count)] {
                values.append(.tensor(try .of([element], .scalar)))
            }
            rows.append(.map(keys: keys, values: values, of: Self.valueType))
        }
        return [.sequence(rows, of: mapType)]
    }
}

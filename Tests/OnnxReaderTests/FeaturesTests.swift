import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

/// One of everything that a model holds; Fixtures/models/make.py says what.
@Suite struct FeaturesTests {
    private let model: Model

    init() throws {
        model = try readModel(path: fixturePath("models/features.onnx"))
    }

    @Test func `a model keeps its properties`() {
        #expect(model.irVersion == 14)
        #expect(
            model.opsetImports == [
                OpsetImport(domain: .onnx, version: 18), OpsetImport(domain: OperatorDomain("example"), version: 1),
            ]
        )
        #expect([model.producerName, model.producerVersion, model.domain] == ["make.py", "1", "example.com"])
        #expect(model.modelVersion == 7)
        #expect(model.docString == "a model")
        #expect(model.metadata == [MetadataEntry(key: "key", value: "value"), MetadataEntry(key: "empty", value: "")])
        #expect(
            model.deviceConfigurations
                == [DeviceConfiguration(name: "two-devices", deviceCount: 2, devices: ["cpu:0", "cpu:1"])]
        )
    }

    @Test func `a graph keeps its values, of every type there is`() {
        let element = ValueType.tensor(.float, ["batch", 4, .unknown])
        #expect(
            model.graph.inputs.map(\.type) == [
                element, .sequence(element), .map(key: .string, value: element), .optional(.sequence(element)),
                .opaque(domain: "example", name: "thing"), .sparseTensor(.double, shape: [3]),
                .tensor(.float, shape: nil), nil,
            ]
        )
        #expect(model.graph.inputs[0].docString == "an input")
        #expect(model.graph.inputs[0].metadata == [MetadataEntry(key: "ik", value: "iv")])
        #expect(model.graph.valueInfo.map(\.name) == ["mid"])
        #expect(model.graph.metadata == [MetadataEntry(key: "gk", value: "gv")])
        #expect(
            model.graph.quantizationAnnotations == [
                QuantizationAnnotation(
                    tensorName: "w",
                    parameters: [MetadataEntry(key: "SCALE_TENSOR", value: "w_scale")]
                )
            ]
        )
        let sparse = model.graph.sparseInitializers.first
        #expect(sparse?.values.name == "sparse")
        #expect(sparse?.shape.dimensions == [2, 3])
        #expect(sparse?.indices.tensor.elementType == .int64)
        #expect(model.graph.initializers.first?.docString == "weights")
        #expect(model.graph.initializers.first?.metadata == [MetadataEntry(key: "wk", value: "wv")])
    }

    @Test func `a node keeps attributes of every kind, and optional inputs`() throws {
        let node = model.graph.nodes[0]
        #expect([node.name, node.opType, node.domain.name, node.overload] == ["every", "Every", "example", "two"])
        #expect(node.inputs == ["x", "", "sparse"])
        #expect(node.outputs == ["y", ""])
        #expect(Set(node.attributes.map(\.value.kind)) == Set(AttributeKind.allCases))
        guard case .float(0.5) = node.attribute("f")?.value, case .int(-3) = node.attribute("i")?.value,
            case .string([0xFF, 0, 0xFE]) = node.attribute("bytes")?.value,
            case .floats([1, -2.5]) = node.attribute("floats")?.value,
            case .ints([]) = node.attribute("empty")?.value,
            case .graphs(let graphs) = node.attribute("graphs")?.value
        else {
            Issue.record("\(node.attributes)")
            return
        }
        #expect(graphs.map(\.name) == ["branch", "branch"])
    }

    @Test func `a node keeps how it is spread over devices`() {
        let parts = [
            Sharding.Part(dimension: 4, shardCount: 2), Sharding.Part(dimension: "batch", shardCount: 2),
        ]
        let sharding = Sharding(
            tensorName: "x",
            devices: [0, -1],
            deviceGroups: [Sharding.DeviceGroup(key: -1, devices: [0, 1])],
            axes: [Sharding.Axis(axis: 0, parts: parts)]
        )
        #expect(
            model.graph.nodes[0].deviceConfigurations == [
                NodeDeviceConfiguration(configurationID: "two-devices", shardings: [sharding], pipelineStage: 1)
            ]
        )
    }

    @Test func `a function keeps its overload, defaults and references`() throws {
        let function = try #require(model.functions.first)
        #expect([function.name, function.domain.name, function.overload] == ["Every", "example", "two"])
        #expect(function.attributeNames == ["needed"])
        guard case .float(0.25) = function.attributeDefaults.first?.value,
            case .reference("slope", kind: .float) = function.nodes.first?.attributes.first?.value
        else {
            Issue.record("\(function)")
            return
        }
        #expect(function.opsetImports == [OpsetImport(domain: .onnx, version: 18)])
        #expect(function.valueInfo.map(\.name) == ["b"])
        #expect(function.metadata == [MetadataEntry(key: "fk", value: "fv")])
    }

    @Test func `training information is kept`() {
        let info = model.trainingInfo.first
        #expect(info?.initialization?.name == "branch")
        #expect(info?.algorithm?.name == "branch")
        #expect(info?.updateBindings == [MetadataEntry(key: "w", value: "c")])
    }

    @Test func `an attribute without a type has that of its one value`() throws {
        let model = try readModel(try Wire.region(Wire.model(attribute: Wire.int(8, 3) + Wire.int(8, 4))))
        guard case .ints([3, 4]) = model.graph.nodes[0].attributes[0].value else {
            Issue.record("\(model.graph.nodes[0].attributes)")
            return
        }
    }

    @Test func `fields that are not known are stepped over`() throws {
        let unknown =
            Wire.int(1000, 1) + Wire.bytes(1001, [1, 2, 3]) + Wire.float(1002, 1)
            + Wire.double(1003, 1)
        let bytes = unknown + Wire.int(1, 8) + Wire.bytes(7, unknown + Wire.text(2, "g") + unknown)
        #expect(try readModel(try Wire.region(bytes)).graph.name == "g")
    }

    @Test func `values by themselves are read as their type says`() throws {
        let entry = ValueType.map(key: .int64, value: .tensor(.float, shape: nil))
        let (name, value) = try readValue(try Wire.region(try fixture("models/maps.pb")), type: .sequence(entry))
        #expect(name == "maps")
        guard case .sequence(let maps, of: entry) = value, case .map(let keys, let values, of: _) = maps.first else {
            Issue.record("\(value)")
            return
        }
        #expect(try keys.elements(as: Int64.self) == [1, -2])
        #expect(try values.map { try $0.tensor?.elements(as: Float.self) } == [[0.5, 1.5], [2.5]])
        let some = try readValue(try Wire.region(try fixture("models/some.pb")), type: .optional(nil)).value
        guard case .optional(.sequence(let inner, of: _)?, of: _) = some else {
            Issue.record("\(some)")
            return
        }
        #expect(inner.count == 1)
        let none = try readValue(
            try Wire.region(try fixture("models/none.pb")),
            type: .optional(.tensor(.float, shape: nil))
        )
        guard case .optional(nil, of: .tensor(.float, shape: nil)) = none.value else {
            Issue.record("\(none)")
            return
        }
    }
}

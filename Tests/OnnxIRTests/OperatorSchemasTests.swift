import OnnxIR
import TestSupport
import Testing

@Suite struct OperatorSchemasTests {
    private let schemas = OperatorSchemas.standard

    @Test func `every schema says what the onnx package says of it`() throws {
        let lines = try String(decoding: fixture("operator-schemas/schemas.tsv"), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.count == 659)
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let domain = OperatorDomain(String(fields[0]))
            let since = try #require(Int64(fields[2]))
            let schema = try #require(
                schemas.schema(domain: domain, opType: String(fields[1]), opset: since),
                "\(line)"
            )
            #expect(row(schema) == line)
        }
    }

    private func row(_ schema: OperatorSchema) -> String {
        let inputs = schema.inputCount
        let outputs = schema.outputCount
        let attributes = schema.attributes.map { attribute in
            let value = attribute.defaultValue.map(text) ?? "-"
            return "\(attribute.name):\(attribute.kind.rawValue):\(attribute.isRequired ? 1 : 0):\(value)"
        }
        let types = schema.typeConstraints.map { "\($0.variable):\($0.allowedTypes.count)" }
        let fields = [
            schema.domain.name, schema.name, "\(schema.sinceVersion)", schema.isDeprecated ? "1" : "0",
            "\(inputs.least)", "\(inputs.greatest ?? -1)", "\(outputs.least)", "\(outputs.greatest ?? -1)",
            attributes.joined(separator: ","), types.joined(separator: ","),
        ]
        return fields.joined(separator: "\t")
    }

    private func text(_ value: OperatorSchema.AttributeSchema.Default) -> String {
        switch value {
        case .float(let value): "\(Int32(bitPattern: value.bitPattern))"
        case .int(let value): "\(value)"
        case .string(let value): value
        case .floats(let values): "[\(values.map { "\(Int32(bitPattern: $0.bitPattern))" }.joined(separator: " "))]"
        case .ints(let values): "[\(values.map(String.init).joined(separator: " "))]"
        case .strings(let values): "[\(values.joined(separator: " "))]"
        }
    }

    @Test(
        arguments: [
            (0, nil), (1, 1), (2, 2), (10, 2), (11, 11), (13, 13), (17, 13), (18, 18), (28, 18), (99, 18),
        ] as [(Int64, Int64?)]
    )
    func `the schema in force is the newest that the opset reaches`(opset: Int64, since: Int64?) {
        #expect(schemas.schema(domain: .onnx, opType: "Split", opset: opset)?.sinceVersion == since)
    }

    @Test func `an operator that nobody defined has no schema`() {
        for opType in ["Splat", "Spl", "SplitX", "", "A", "zzz", "|"] {
            #expect(schemas.schema(domain: .onnx, opType: opType, opset: 13) == nil)
        }
        #expect(schemas.schema(domain: OperatorDomain("com.microsoft"), opType: "Split", opset: 13) == nil)
    }

    @Test func `operators of ONNX Runtime have schemas and no opsets`() throws {
        let concat = try #require(schemas.schema(domain: .microsoft, opType: "QLinearConcat", opset: 1))
        #expect(concat.isOfOnnxRuntime)
        #expect(concat.inputs.map(\.name) == ["Y_scale", "Y_zero_point", "inputs"])
        #expect(concat.inputs[2].option == .variadic(atLeast: 1, isHomogeneous: false))
        #expect(concat.attribute("axis")?.isRequired == true)
        let simplified = try #require(
            schemas.schema(domain: .onnx, opType: "SimplifiedLayerNormalization", opset: 17)
        )
        #expect(simplified.isOfOnnxRuntime)
        #expect(simplified.attribute("axis")?.defaultValue == .int(-1))
        #expect(simplified.typeConstraint("U")?.allowedTypes == ["tensor(double)", "tensor(float)"])
        #expect(schemas.schema(domain: .onnx, opType: "Split", opset: 13)?.isOfOnnxRuntime == false)
        #expect(schemas.sinceVersions(domain: .onnx, opType: "LayerNormalization") == [1, 17])
        #expect(!schemas.contains(.microsoft))
    }

    @Test func `the last parameter repeats when it is variadic`() throws {
        let concat = try #require(schemas.schema(domain: .onnx, opType: "Concat", opset: 13))
        #expect(concat.input(at: 7)?.name == "inputs")
        #expect(concat.output(at: 1) == nil)
        #expect(concat.inputCount.description == "at least 1")
        #expect(concat.inputCount.contains(1_000_000))
        let loop = try #require(schemas.schema(domain: .onnx, opType: "Loop", opset: 13))
        #expect(loop.inputCount.description == "at least 2")
        #expect(loop.input(at: 2)?.isHeterogeneous == true)
        let clip = try #require(schemas.schema(domain: .onnx, opType: "Clip", opset: 13))
        #expect(clip.inputCount.description == "1 to 3")
    }

    @Test func `an operator that is gone is deprecated from then on`() {
        #expect(schemas.schema(domain: .onnx, opType: "Upsample", opset: 9)?.isDeprecated == false)
        #expect(schemas.schema(domain: .onnx, opType: "Upsample", opset: 21)?.isDeprecated == true)
    }

    @Test(
        arguments: [
            ("", 28), ("ai.onnx", 28), ("ai.onnx.ml", 5), ("ai.onnx.preview.training", 1), ("com.example", nil),
        ]
            as [(String, Int64?)]
    )
    func `the newest opset of a domain is known`(domain: String, newest: Int64?) {
        #expect(schemas.newestOpset(of: OperatorDomain(domain)) == newest)
        #expect(schemas.contains(OperatorDomain(domain)) == (newest != nil))
    }

    @Test func `the IR version of a release is known`() {
        #expect(schemas.irVersion(releasedWith: OpsetImport(domain: .onnx, version: 21)) == 10)
        #expect(schemas.irVersion(releasedWith: OpsetImport(domain: .onnxML, version: 3)) == 8)
        #expect(schemas.irVersion(releasedWith: OpsetImport(domain: .onnx, version: 2)) == nil)
    }

    @Test func `a default becomes the value of an attribute`() throws {
        let conv = try #require(schemas.schema(domain: .onnx, opType: "Conv", opset: 11))
        let value = try #require(conv.attribute("auto_pad")?.defaultValue)
        guard case .string(let bytes) = AttributeValue(value) else {
            Issue.record("\(value) is not a string")
            return
        }
        #expect(bytes == Array("NOTSET".utf8))
    }
}

import Diagnostics
import InferenceEngine
import OnnxIR
import TestSupport
import Tensors
import Testing

/// Nodes of every operator with every type that its schema allows.
@Suite struct TypeCoverageTests {
    /// An operator, the version in force, and the variable that is given a type.
    struct Subject: Sendable, CustomTestStringConvertible {
        let schema: OperatorSchema
        let constraint: OperatorSchema.TypeConstraint

        var testDescription: String { "\(schema.domain).\(schema.name) \(schema.sinceVersion), \(constraint.variable)" }
    }

    static let subjects: [Subject] = SupportedOperator.all.flatMap { supported in
        supported.versions.flatMap { version -> [Subject] in
            let (domain, name) = (supported.domain, supported.name)
            guard
                let schema = OperatorSchemas.standard.schema(domain: domain, opType: name, opset: Int64(version)),
                !schema.isDeprecated
            else { return [] }
            let used = Set(schema.inputs.map(\.type))
            return schema.typeConstraints.filter { used.contains($0.variable) }
                .map { Subject(schema: schema, constraint: $0) }
        }
    }

    @Test(arguments: subjects)
    func `an operator takes every type that its schema allows`(_ subject: Subject) throws {
        for type in subject.constraint.allowedTypes {
            guard type.hasPrefix("tensor("), let element = ElementType(name: String(type.dropFirst(7).dropLast()))
            else {
                continue
            }
            var generator = NodeGenerator(subject.schema, seed: 7)
            let sample = try generator.plain(subject.constraint.variable, element)
            let schema = subject.schema
            let tester = OperatorTester(
                schema.name,
                domain: schema.domain,
                opset: schema.sinceVersion,
                sample.attributes
            )
            let model = tester.model(sample.inputs, outputCount: sample.outputCount)
            do {
                _ = try InferenceSession(model, options: .reference).run(OperatorTester.feeds(sample.inputs))
            } catch {
                let code = error.code
                #expect(code != .elementType && code != .unsupportedType, "\(element.name): \(error)")
            }
        }
    }
}

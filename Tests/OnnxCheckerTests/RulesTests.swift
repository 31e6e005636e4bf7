import Diagnostics
import Foundation
import OnnxChecker
import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

/// A model of `Fixtures/rules`, the findings that it leads to, and what onnx.checker says of it.
struct RuleCase: CustomTestStringConvertible {
    let name: String
    let findings: [String]
    let verdict: String

    var testDescription: String { name }

    /// The cases of `findings.txt`: a name, and the lines indented below it.
    static let all: [RuleCase] = {
        let verdicts = text("rules/verdicts.tsv").split(separator: "\n").map { $0.split(separator: "\t") }
        var cases: [RuleCase] = []
        for line in text("rules/findings.txt").split(separator: "\n") {
            guard line.hasPrefix("    ") else {
                let verdict = verdicts.first { $0[0] == line }?.last ?? "no verdict"
                cases.append(RuleCase(name: String(line), findings: [], verdict: String(verdict)))
                continue
            }
            guard let last = cases.popLast() else { continue }
            let findings = last.findings + [String(line.dropFirst(4))]
            cases.append(RuleCase(name: last.name, findings: findings, verdict: last.verdict))
        }
        return cases
    }()

    private static func text(_ name: String) -> String {
        String(decoding: (try? fixture(name)) ?? [], as: UTF8.self)
    }
}

/// Findings as lines of text: severity, place and message, and the hint below.
func lines(_ findings: [Finding]) -> [String] {
    findings.flatMap { finding in
        ["\(finding.severity.rawValue): \(finding.diagnostic)"]
            + (finding.diagnostic.hint.map { ["hint: \($0)"] } ?? [])
    }
}

@Suite struct RulesTests {
    /// Where onnx.checker accepts and the specification does not, or where only mlpack says that it cannot tell.
    static let stricter: Set<String> = [
        "foreign-domain", "function-inputs", "function-output-undefined", "function-outputs", "function-unknown",
        "functions-before-ir-8", "opset-99", "two-opsets",
    ]

    @Test(arguments: RuleCase.all)
    func `each broken rule is found, at its place and in these words`(rule: RuleCase) throws {
        let model = try readModel(path: fixturePath("rules/\(rule.name).onnx"))
        #expect(lines(checkModel(model)) == rule.findings)
    }

    @Test(arguments: RuleCase.all.filter { $0.verdict != "not asked" })
    func `onnx.checker has the same verdict`(rule: RuleCase) throws {
        #expect(rule.verdict != "no verdict")
        let findings = checkModel(try readModel(path: fixturePath("rules/\(rule.name).onnx")))
        let isAccepted = findings.allSatisfy { $0.severity == .warning }
        #expect(isAccepted == (rule.verdict == "accepted" && !Self.stricter.contains(rule.name)))
    }

    @Test func `every model of the folder has its findings written down`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: fixturePath("rules"))
        let models = files.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }
        // The reader refuses these two before any rule is asked.
        #expect(Set(models).subtracting(RuleCase.all.map(\.name)) == ["ir-version-0", "ir-version-99"])
    }

    @Test(
        arguments: [
            (0, ["error: `ir_version` is 0, expected at least 1"]),
            (2, ["error: `opset_import` is given with `ir_version` 2, expected `ir_version` 3 or newer"]),
            (99, ["unsupported: `ir_version` is 99, expected at most 14"]),
        ] as [(Int64, [String])]
    )
    func `IR versions are held against what they allow`(version: Int64, expected: [String]) {
        var model = chain(of: 1)
        model.irVersion = version
        #expect(lines(checkModel(model)) == expected)
    }

    @Test func `before IR version 3 operators are those of opset 1`() {
        var model = chain(of: 1)
        model.irVersion = 2
        model.opsetImports = []
        model.graph.nodes[0].attributes = [Attribute("consumed_inputs", .ints([0]))]
        #expect(lines(checkModel(model)) == [])
    }

    @Test func `a chain of nodes in any other order is out of order, and never a cycle`() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            var model = chain(of: 6)
            model.graph.nodes.shuffle(using: &random)
            let isSorted = model.graph.nodes.map(\.name) == chain(of: 6).graph.nodes.map(\.name)
            let codes = Set(checkModel(model).map(\.diagnostic.code))
            #expect(codes == (isSorted ? [] : [.order]))
        }
    }

    @Test func `a chain that bites its tail is one cycle, wherever it is cut`() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<200 {
            var model = chain(of: 6)
            model.graph.nodes[0].inputs = ["v5"]
            model.graph.nodes.shuffle(using: &random)
            #expect(checkModel(model).map(\.diagnostic.code) == [.cycle])
        }
    }

    @Test(
        arguments: [
            ("com.microsoft", "FastGelu", [:], []),
            (
                "com.microsoft", "FastGelu", ["approximate": .int(1)],
                ["error: node `n1` (FastGelu, opset 1): unknown attribute `approximate`"]
            ),
            (
                "com.microsoft", "MulInteger", [:],
                [
                    """
                    unsupported: node `n1` (MulInteger, opset 1): neither ONNX nor a function of the model defines \
                    `com.microsoft::MulInteger`
                    """,
                    "hint: the node's attributes, counts and types are not checked",
                ]
            ),
            (
                "", "SimplifiedLayerNormalization", [:],
                [
                    """
                    warning: node `n1` (SimplifiedLayerNormalization, opset 17): the operator is ONNX Runtime's own, though the \
                    node is of domain `ai.onnx`
                    """,
                    "error: node `n1` (SimplifiedLayerNormalization, opset 17): the node has 1 input, expected 2",
                ]
            ),
        ] as [(String, String, [String: AttributeValue], [String])]
    )
    func `operators of ONNX Runtime are checked where their schemas are known`(
        domain: String,
        opType: String,
        attributes: [String: AttributeValue],
        expected: [String]
    ) {
        var model = chain(of: 1)
        model.graph.nodes[0].domain = OperatorDomain(domain)
        model.graph.nodes[0].opType = opType
        model.graph.nodes[0].attributes = attributes.map { Attribute($0.key, $0.value) }
        model.opsetImports.append(OpsetImport(domain: .microsoft, version: 1))
        #expect(lines(checkModel(model)) == expected)
    }

    /// `x → n1 → v1 → n2 → … → v<count>`.
    private func chain(of count: Int) -> Model {
        let nodes = (1...count).map { index in
            Node("Abs", name: "n\(index)", inputs: [index == 1 ? "x" : "v\(index - 1)"], outputs: ["v\(index)"])
        }
        let graph = Graph(
            name: "g",
            inputs: [ValueInfo(name: "x", type: .tensor(.float, [2]))],
            outputs: [ValueInfo(name: "v\(count)", type: .tensor(.float, [2]))],
            nodes: nodes
        )
        return Model(irVersion: 8, opsetImports: [OpsetImport(domain: .onnx, version: 17)], graph: graph)
    }
}

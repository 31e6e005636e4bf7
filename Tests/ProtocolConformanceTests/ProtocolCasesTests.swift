import OnnxIR
import OnnxReader
import ProtocolConformance
import TestSupport
import Testing

@Suite struct ProtocolCasesTests {
    @Test func `each case has a name of its own and a clause`() {
        #expect(Set(protocolCases.map(\.fullName)).count == protocolCases.count)
        #expect(protocolCases.allSatisfy { !$0.clause.isEmpty })
        #expect(protocolCases.count > 200)
    }

    @Test func `the models that cases ask are those that are written`() throws {
        let folder = try TemporaryFolder()
        let names = try writeConformanceModels(to: folder.path)
        let asked = Set(protocolCases.flatMap(\.models))
        #expect(asked.isSubset(of: names))
        for name in names {
            let model = try readModel(path: folder.file("\(name)/1/model.onnx"))
            #expect(model.graph.inputs.first?.name == "INPUT0")
        }
    }
}

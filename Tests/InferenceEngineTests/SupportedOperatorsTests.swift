import InferenceEngine
import OnnxIR
import Testing

@Suite struct SupportedOperatorsTests {
    @Test func `each list is in alphabetical order and names each operator once`() {
        for (group, operators) in Dictionary(grouping: SupportedOperator.all, by: \.group) {
            let names = operators.map { $0.name.lowercased() }
            #expect(names == names.sorted(), "\(group)")
        }
        let names = SupportedOperator.all.map { "\($0.domain).\($0.name)" }
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: SupportedOperator.all.map { ($0.domain, $0.name, $0.versions) })
    func `the versions of an operator are versions that the standard knows`(
        domain: OperatorDomain,
        name: String,
        versions: [Int]
    ) {
        let known = OperatorSchemas.standard.sinceVersions(domain: domain, opType: name).map { Int($0) }
        #expect(versions == versions.sorted())
        #expect(Set(versions).isSubset(of: known))
    }
}

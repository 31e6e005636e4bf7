import Diagnostics
import FeatureStatistics
import JSON
import Tensors
import Testing

@Suite struct FeatureStatisticsTests {
    @Test func `a summary is that of NumPy`() throws {
        // numpy: a = [1, 2, 4, 8, 16]; a.mean(), a.var(ddof=1)
        var summary = FeatureSummary()
        for value in [1, 2, .nan, 4, 8, 16, .infinity] { summary.add(value) }
        #expect(summary.count == 5 && summary.missing == 2)
        #expect(summary.mean == 6.2)
        #expect(abs(summary.variance - 37.2) < 1e-12)
        #expect(summary.minimum == 1 && summary.maximum == 16)
    }

    @Test func `the summaries of parts are that of the whole`() {
        let values = (0..<1000).map { Double(($0 * 7919) % 1009) / 10 }
        var (whole, first, second) = (FeatureSummary(), FeatureSummary(), FeatureSummary())
        for (index, value) in values.enumerated() {
            whole.add(value)
            if index % 3 == 0 { first.add(value) } else { second.add(value) }
        }
        first.merge(second)
        first.merge(FeatureSummary())
        #expect(first.count == whole.count)
        #expect(abs(first.mean - whole.mean) < 1e-9 && abs(first.variance - whole.variance) < 1e-6)
        #expect(first.minimum == whole.minimum && first.maximum == whole.maximum)
    }

    @Test func `values are counted between edges`() {
        let edges = [1.0, 2, 3]
        #expect([0, 1, 1.5, 2, 3, 4].map { bin(of: $0, among: edges) } == [0, 0, 1, 1, 2, 3])
        #expect(decileEdges((1...100).map(Double.init)) == [11, 21, 31, 41, 51, 61, 71, 81, 91])
        #expect(decileEdges([5, 5, 5]).isEmpty && decileEdges([]).isEmpty && decileEdges([.nan]).isEmpty)
    }

    @Test func `the stability index is 0 for what is the same, and as the formula has it`() throws {
        #expect(populationStabilityIndex([10, 20], from: [1, 2]) == 0)
        // (0.5 - 0.25) ln(0.5 / 0.25) + (0.5 - 0.75) ln(0.5 / 0.75)
        let index = try #require(populationStabilityIndex([1, 1], from: [1, 3]))
        #expect(abs(index - 0.274653072167027) < 1e-12)
        #expect(populationStabilityIndex([1], from: [1]) == nil)
        #expect(populationStabilityIndex([0, 0], from: [1, 1]) == nil)
        #expect(populationStabilityIndex([1, 1], from: [1, 1, 1]) == nil)
    }

    @Test func `statistics of columns are written and read again`() throws {
        let tensor = try Tensor((0..<60).map { Float($0) }, shape: Shape([20, 3]))
        let input = try #require(ReferenceStatistics.Input(name: "X", of: tensor, names: ["a", "b"]))
        #expect(input.features.map(\.name) == ["a", "b", "2"])
        #expect(input.features[1].summary.mean == 29.5)
        #expect(input.features[1].counts.reduce(0, +) == 20)
        let reference = ReferenceStatistics(inputs: [input])
        let text = String(decoding: reference.json.serialized(), as: UTF8.self)
        let read = try ReferenceStatistics(parsing: text)
        #expect(read.inputs[0].features.map(\.edges) == input.features.map(\.edges))
        #expect(read.inputs[0].features.map(\.counts) == input.features.map(\.counts))
        #expect(abs(read.inputs[0].features[2].summary.variance - input.features[2].summary.variance) < 1e-9)
    }

    @Test func `strings and tensors of other ranks have no statistics`() throws {
        #expect(
            ReferenceStatistics.Input(name: "X", of: try Tensor(strings: ["a"], shape: Shape([1]) ?? .scalar)) == nil
        )
        #expect(ReferenceStatistics.Input(name: "X", of: try Tensor([Float(1)], shape: Shape([1, 1, 1]))) == nil)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"version":2,"inputs":[]}"#, #"{"version":1,"inputs":[{}]}"#,
        #"{"version":1,"inputs":[{"name":"X","features":[{"edges":[2,1],"counts":[1,1,1]}]}]}"#,
        #"{"version":1,"inputs":[{"name":"X","features":[{"edges":[1],"counts":[1]}]}]}"#,
        #"{"version":1,"inputs":[{"name":"X","features":[{"edges":[1],"counts":[1,-1]}]}]}"#,
        #"{"version":1,"inputs":[{"name":"X","features":[{"edges":["a"],"counts":[1,1]}]}]}"#,
    ])
    func `another form is refused`(text: String) {
        #expect(throws: JSONError.self) { try ReferenceStatistics(parsing: text) }
    }

    @Test func `extreme numbers end in nothing worse`() throws {
        let feature = #"{"count":9223372036854775807,"missing":-1,"mean":1e999,"variance":-1,"edges":[],"counts":[5]}"#
        let read = try ReferenceStatistics(
            parsing: #"{"version":1,"inputs":[{"name":"X","features":[\#(feature)]}]}"#
        )
        #expect(read.inputs[0].features[0].summary.variance == 0)
    }
}

import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors
import Testing

@Suite struct SplitColumnsTests {
    @Test func `a set knows its categories`() {
        let set = CategorySet(words: [0b101, 1, 0])
        #expect(set.upperBound == 33)
        #expect(set.categories == [0, 2, 32])
        #expect(CategorySet([32, 0, 2, 0]) == set)
        #expect(CategorySet(words: [1, 0]) == CategorySet(words: [1]))
        #expect(CategorySet(words: []).upperBound == 0)
    }

    @Test func `same sources share a column, and columns follow the features`() throws {
        let set = CategorySet(words: [2])
        let sources: [SplitColumns.Source] = [
            .membership(feature: 1, set), .zerosAsMissing(feature: 2), .membership(feature: 1, set),
            .membership(feature: 0, set), .zerosAsMissing(feature: 0),
        ]
        let columns = try SplitColumns(featureCount: 3, sources: sources)
        #expect(sources.map { columns.index(of: $0) } == [6, 4, 6, 5, 3])
    }

    @Test func `without sources the features are left alone`() throws {
        var builder = GraphBuilder(name: "columns")
        let input = builder.input("X", .tensor(.float, ["batch", 3]))
        #expect(try SplitColumns(featureCount: 3, sources: []).matrix(of: input, type: .float, &builder) == input)
    }

    @Test func `tables of categories are bounded`() {
        let wide = CategorySet(words: [UInt32](repeating: 1, count: 1 << 18))
        let sources = (0..<64).map { SplitColumns.Source.membership(feature: 0, CategorySet(words: [UInt32($0 + 1)])) }
        let error = #expect(throws: ModelImportError.self) {
            try SplitColumns(featureCount: 1, sources: sources + [.membership(feature: 0, wide)])
        }
        #expect(error?.code == .unsupported)
        #expect(
            error?.message
                == "tables of categorical splits that grow so large are not supported, expected at most 67108864 entries"
        )
    }
}

import JSON
import ModelImport
import Tensors
import Testing

@Suite struct ClassLabelsTests {
    @Test(arguments: [
        (ClassLabels.ints([0, 1, 2]), true, ElementType.int64, "[0,1,2]"),
        (.ints([1, 2]), false, .int64, "[1,2]"),
        (.strings(["no", "yes"]), false, .string, #"["no","yes"]"#),
        (.bools([false, true]), false, .bool, "[false,true]"),
        (.doubles([0.5, 1.5]), false, .double, "[0.5,1.5]"),
    ])
    func `labels keep their type`(labels: ClassLabels, areIndices: Bool, type: ElementType, json: String) throws {
        #expect(labels.areIndices == areIndices)
        #expect(labels.elementType == type)
        #expect(try labels.tensor().elementType == type)
        #expect(try labels.tensor().shape == .vector(labels.count))
        #expect(String(decoding: labels.json.serialized(.compact), as: UTF8.self) == json)
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// A new last axis with a one at the category of each element, and zeros else.
struct OneHotEncoder: Operator {
    let categories: ClassLabels
    let allowsUnknown: Bool

    static let definition = OperatorDefinition("OneHotEncoder", domain: .onnxML, since: 1) { node throws(EngineError) in
        OneHotEncoder(
            categories: try ClassLabels(node, integers: "cats_int64s", strings: "cats_strings"),
            allowsUnknown: try node.bool("zeros", default: true)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(.float, inputs.shape().map { $0 + [.fixed(categories.count)] })]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let places: [Int?]
        let texts: [String]
        switch categories {
        case .strings(let categories):
            texts = try input.stringElements()
            places = Self.places(texts.map { ExactText($0) }, in: categories.map { ExactText($0) })
        case .integers(let categories):
            guard input.elementType != .string else { throw .input(input, expected: "numbers, as the categories are") }
            let numbers = try call.cast(input, to: .int64).integers("the input")
            texts = numbers.map(String.init)
            places = Self.places(numbers, in: categories)
        }
        if !allowsUnknown, let unknown = places.firstIndex(where: { $0 == nil }) {
            throw EngineError(.value, "`\(texts[unknown])` is none of the \(categories.count) categories")
        }
        let shape = try call.shape(input.shape.dimensions + [categories.count])
        return [
            .tensor(
                try call.tensor(of: Float.self, shape, zeroed: true) { target in
                    for (index, place) in places.enumerated() {
                        if let place { target[index * categories.count + place] = 1 }
                    }
                }
            )
        ]
    }

    private static func places<Key: Hashable>(_ keys: [Key], in categories: [Key]) -> [Int?] {
        let known = Dictionary(zip(categories, categories.indices), uniquingKeysWith: { first, _ in first })
        return keys.map { known[$0] }
    }
}

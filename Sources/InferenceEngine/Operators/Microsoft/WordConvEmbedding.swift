import Diagnostics
import OnnxIR
import Tensors

/// A vector for each word: the embeddings of its characters, convolved, through `tanh`, and the greatest of each filter.
///
/// A word has as many characters as are above 0; where its first one is not, it has none and its vector is zero.
///
/// *Shapes*: characters `[words, length]`, filters `[m, 1, window, size]`, bias `[m]`, embeddings `[characters, size]`
/// → `[words, m]`.
struct WordConvEmbedding: Operator {
    let vectorSize: Int?
    let windowSize: Int?
    let embeddingSize: Int?

    static let definition = OperatorDefinition("WordConvEmbedding", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        WordConvEmbedding(
            vectorSize: try node.int("embedding_size"),
            windowSize: try node.int("conv_window_size"),
            embeddingSize: try node.int("char_embedding_size")
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let words = inputs.shape(0), let filters = inputs.shape(1), words.count == 2, filters.count == 4 else {
            return [.tensor(inputs.elementType(1))]
        }
        return [.tensor(inputs.elementType(1), [words[0], filters[0]])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (characters, filters) = (try call.tensor(0), try call.tensor(1))
        let (bias, embeddings) = (try call.tensor(2), try call.tensor(3))
        try check(characters.shape, filters.shape, bias.shape, embeddings.shape)
        let (count, width, size) = (filters.shape[0], filters.shape[2], filters.shape[3])
        let words = try words(characters, width, embeddings.shape[0])
        let (factors, offsets) = (try filters.pointer(Float.self), try bias.pointer(Float.self))
        let table = try embeddings.pointer(Float.self)
        return [
            .tensor(
                try call.tensor(of: Float.self, call.shape([words.count, count]), zeroed: true) { target in
                    for (row, word) in words.enumerated() where !word.isEmpty {
                        for filter in 0..<count {
                            let factor = factors + filter * width * size
                            var greatest = -Float.infinity
                            for start in 0...(word.count - width) {
                                var sum = offsets[filter]
                                for place in 0..<width {
                                    let embedding = table + word[start + place] * size
                                    for index in 0..<size { sum += factor[place * size + index] * embedding[index] }
                                }
                                greatest = max(greatest, Float.tanh(sum))
                            }
                            target[row * count + filter] = greatest
                        }
                    }
                }
            )
        ]
    }

    private func check(_ words: Shape, _ filters: Shape, _ bias: Shape, _ embeddings: Shape) throws(EngineError) {
        guard words.rank == 2, filters.rank == 4, embeddings.rank == 2, filters[1] == 1, filters[2] > 0,
            filters[3] == embeddings[1], bias.elementCount == filters[0], filters[2] <= words[1]
        else {
            throw EngineError(
                .shape,
                "words \(words), filters \(filters), bias \(bias) and embeddings \(embeddings) do not fit"
            )
        }
        for (name, given, actual) in [
            ("embedding_size", vectorSize, filters[0]), ("conv_window_size", windowSize, filters[2]),
            ("char_embedding_size", embeddingSize, embeddings[1]),
        ] {
            guard let given, given != actual else { continue }
            throw .attribute(name, given, expected: "\(actual) as the inputs have it")
        }
    }

    /// The characters of each word, at least as many as the window takes; none for an empty word.
    ///
    /// *Throws*: `index` for a character that has no embedding.
    private func words(_ input: Tensor, _ width: Int, _ characterCount: Int) throws(EngineError) -> [[Int]] {
        let characters = try input.array(of: Int32.self).map { Int($0) }
        let length = input.shape[1]
        var words: [[Int]] = []
        for row in 0..<input.shape[0] {
            let all = characters[(row * length)..<((row + 1) * length)]
            guard let first = all.first, first > 0 else {
                words.append([])
                continue
            }
            let word = all.prefix(max(width, all.count { $0 > 0 }))
            if let stranger = word.first(where: { $0 < 0 || $0 >= characterCount }) {
                throw EngineError(
                    .index,
                    "character \(stranger) is out of range, expected 0 to \(characterCount - 1)"
                )
            }
            words.append(Array(word))
        }
        return words
    }
}

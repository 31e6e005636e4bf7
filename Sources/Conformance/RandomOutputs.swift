import Diagnostics
import Files
import InferenceEngine
import OnnxIR
import OnnxReader
import Tensors

/// A case whose outputs are random: what a run gives is held against the statistics of each element.
///
/// `random.txt` in the case's folder says in its first line `seeded` or `unseeded`: whether the same outputs come again
/// in every run. Beside `output_<i>.pb` stand `mean_<i>.pb` and `deviation_<i>.pb`, of type `double`.
struct RandomOutputs {
    let isSeeded: Bool
    private static let runCount = 64
    /// How many deviations the mean of all elements and runs may lie from the expected one.
    private static let tolerance = 5.0

    init?(folder: String) {
        guard let bytes = try? readFile(folder + "/random.txt", limit: 4096) else { return nil }
        isSeeded = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first == "seeded"
    }

    /// What is wrong with the outputs that `run` gives; `nil` when nothing is.
    func failure(
        of outputs: [(name: String, expected: Value)],
        in dataSet: String,
        run: () throws -> [String: Value]
    ) throws -> String? {
        let runs = try (0..<Self.runCount).map { _ in try run() }
        for (index, output) in outputs.enumerated() {
            let draws = runs.compactMap { $0[output.name]?.tensor }
            guard draws.count == runs.count, let first = draws.first, let expected = output.expected.tensor,
                first.elementType == expected.elementType, first.shape == expected.shape
            else { return "output `\(output.name)` has another type or shape than expected" }
            let bytes = draws.map { $0.region.map { Array($0.bytes) } }
            let repeats = bytes.allSatisfy { $0 == bytes[0] }
            guard repeats == isSeeded else {
                return "output `\(output.name)`: "
                    + (repeats ? "every run gives the same" : "runs differ in spite of the seed")
            }
            let means = try statistics("mean", index, dataSet)
            let deviations = try statistics("deviation", index, dataSet)
            let sample = isSeeded ? [first] : draws
            let sum = sample.flatMap { ValueComparison.numbers($0) ?? [] }.reduce(0, +)
            let count = Double(sample.count)
            let mean = count * means.reduce(0, +)
            let deviation = (count * deviations.reduce(0) { $0 + $1 * $1 }).squareRoot()
            guard (sum - mean).magnitude <= Self.tolerance * deviation else {
                return "output `\(output.name)`: the elements add up to \(sum), expected \(mean) ± \(deviation)"
            }
        }
        return nil
    }

    private func statistics(_ name: String, _ index: Int, _ dataSet: String) throws -> [Double] {
        let value = try readValue(mapFile("\(dataSet)/\(name)_\(index).pb"), type: nil).value
        return try value.tensor?.elements(as: Double.self) ?? []
    }
}

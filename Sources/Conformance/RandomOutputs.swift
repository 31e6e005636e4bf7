import Diagnostics
import Files
import Glibc
import InferenceEngine
import OnnxIR
import OnnxReader
import Tensors

/// A case whose outputs are random: what runs give is held against the statistics of each element; of a seeded node,
/// whose runs are one draw, against their sum.
///
/// `random.txt` in the case's folder says in its first line `seeded` or `unseeded`: whether the same outputs come again
/// in every run. Beside `output_<i>.pb` stand `mean_<i>.pb` and `deviation_<i>.pb`, of type `double`.
struct RandomOutputs {
    let isSeeded: Bool
    private static let runCount = 64

    /// `nil` for a case that is not random.
    init?(folder: String) throws(FileError) {
        let path = folder + "/random.txt"
        guard access(path, F_OK) == 0 else { return nil }
        let bytes = try readFile(path, limit: 4096)
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
            let statistics = RandomStatistics(
                means: try numbers("mean", index, dataSet),
                deviations: try numbers("deviation", index, dataSet)
            )
            let sample = (isSeeded ? [first] : draws).map { ValueComparison.numbers($0) ?? [] }
            if let failure = statistics.failure(of: sample) { return "output `\(output.name)`: \(failure)" }
        }
        return nil
    }

    private func numbers(_ name: String, _ index: Int, _ dataSet: String) throws -> [Double] {
        let value = try readValue(mapFile("\(dataSet)/\(name)_\(index).pb"), type: nil).value
        return try value.tensor?.elements(as: Double.self) ?? []
    }
}

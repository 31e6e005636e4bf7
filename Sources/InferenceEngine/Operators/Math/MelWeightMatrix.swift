import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// Triangles that lie evenly on the mel scale, each as a column of weights for the bins of a spectrum.
///
/// *Shapes*: `[length / 2 + 1, mel bins]`.
struct MelWeightMatrix: Operator {
    private let elementType: ElementType

    static let definition = OperatorDefinition("MelWeightMatrix", since: 17) { node throws(EngineError) in
        MelWeightMatrix(elementType: try node.elementType("output_datatype") ?? .float)
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let columns = inputs[0].integers?.first.map { $0 < 0 ? Dimension.unknown : .fixed($0) }
        let rows = inputs[1].integers?.first.map { $0 < 0 ? Dimension.unknown : .fixed($0 / 2 + 1) }
        return [.tensor(elementType, [rows ?? .unknown, columns ?? .unknown])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var counts: [Int] = []
        for (index, name) in ["num_mel_bins", "dft_length", "sample_rate"].enumerated() {
            guard let count = try call.integers(index)?.first, count > 0, count <= 1 << 40 else {
                throw EngineError(.value, "`\(name)` is missing or out of range, expected 1 to \(1 << 40)")
            }
            counts.append(count)
        }
        var edges: [Double] = []
        for index in 3...4 {
            let hertz = try call.cast(call.tensor(index), to: .double).array(of: Double.self)
            guard let hertz = hertz.first, hertz.isFinite, hertz >= edges.last ?? 0 else {
                throw EngineError(.value, "the edges are missing or not ascending, expected two frequencies from 0")
            }
            edges.append(hertz)
        }
        let (columns, rows) = (counts[0], counts[1] / 2 + 1)
        let shape = try call.shape([rows, columns])
        try call.checkTables(.double, call.shape([rows, columns + 2]))
        let bins = Self.bins(columns + 2, edges, length: counts[1], sampleRate: counts[2])
        let matrix = try call.tensor(of: Double.self, shape, zeroed: true) { target in
            for column in 0..<columns {
                let (lower, center, upper) = (bins[column], bins[column + 1], bins[column + 2])
                for row in min(lower, rows)..<min(center, rows) {
                    target[row * columns + column] = Double(row - lower) / Double(center - lower)
                }
                for row in min(center, rows)..<min(upper, rows) {
                    target[row * columns + column] = Double(upper - row) / Double(upper - center)
                }
                if center < rows { target[center * columns + column] = 1 }
            }
        }
        return [.tensor(try call.cast(matrix, to: elementType))]
    }

    /// The bins of the spectrum in which frequencies lie that are evenly apart on the mel scale.
    ///
    /// SPEC: the reference implementation divides the scale by the count of all frequencies, so that the last one lies
    /// below the upper edge.
    private static func bins(_ count: Int, _ edges: [Double], length: Int, sampleRate: Int) -> [Int] {
        let mels = edges.map { 2595 * log10(1 + $0 / 700) }
        let step = (mels[1] - mels[0]) / Double(count)
        return (0..<count).map { index in
            let hertz = 700 * (pow(10, (mels[0] + Double(index) * step) / 2595) - 1)
            return Int(saturating: (Double(length + 1) * hertz / Double(sampleRate)).rounded(.down))
        }
    }
}

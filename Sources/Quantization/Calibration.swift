import Diagnostics
package import OnnxIR
import Tensors

/// Values for a model's inputs, in the pieces in which the model runs on them.
///
/// Where all inputs have as many rows, they are cut into runs of rows: as many as the model's first dimension, or 32
/// where it takes any number. Otherwise the model runs on the values as they are.
package struct Calibration: Sendable {
    package let batches: [[String: Value]]

    private static let rowCount = 32

    /// *Throws*: `calibration` when there is nothing, or the rows do not fill the model's first dimension.
    package init(_ sets: [[String: Value]], for inputs: [ValueInfo]) throws(QuantizationError) {
        var batches: [[String: Value]] = []
        for values in sets { batches += try Self.cut(values, for: inputs) }
        guard !batches.isEmpty else { throw QuantizationError(.calibration, "there are no rows to calibrate with") }
        self.batches = batches
    }

    private static func cut(
        _ values: [String: Value],
        for inputs: [ValueInfo]
    ) throws(QuantizationError) -> [[String: Value]] {
        let tensors = values.compactMapValues(\.tensor)
        let counts = Set(tensors.values.map { $0.shape.dimensions.first })
        guard tensors.count == values.count, counts.count == 1, case let count?? = counts.first else { return [values] }
        var extents: Set<Int> = []
        for input in inputs where values[input.name] != nil {
            guard case .tensor(_, let shape?)? = input.type, case .fixed(let extent)? = shape.first else { continue }
            extents.insert(extent)
        }
        guard extents.count <= 1 else { return [values] }
        let rows = extents.first ?? rowCount
        guard rows > 0, extents.isEmpty || count.isMultiple(of: rows) else {
            throw QuantizationError(.calibration, "there are \(count) rows, the model takes \(rows) at a time")
        }
        var batches: [[String: Value]] = []
        for start in stride(from: 0, to: count, by: rows) {
            var batch: [String: Value] = [:]
            for (name, tensor) in tensors {
                batch[name] = .tensor(
                    try converting(.calibration) { () throws(TensorError) in
                        try tensor.rows(start..<min(count, start + rows))
                    }
                )
            }
            batches.append(batch)
        }
        return batches
    }
}

extension Tensor {
    /// Some of the rows, which share the memory of all.
    fileprivate func rows(_ range: Range<Int>) throws(TensorError) -> Tensor {
        let count = shape.dimensions.first ?? 1
        guard range.count < count, let shape = Shape([range.count] + shape.dimensions.dropFirst()) else { return self }
        let stride = self.shape.elementCount / count
        if let strings {
            return try Tensor(
                strings: Array(strings[range.lowerBound * stride..<range.upperBound * stride]),
                shape: shape
            )
        }
        guard let region, let part = region.slice(part(range, stride)) else { return self }
        return try Tensor(elementType: elementType, shape: shape, region: part)
    }

    private func part(_ range: Range<Int>, _ stride: Int) -> Range<Int> {
        let size = elementType.byteCount(of: stride) ?? 0
        return range.lowerBound * size..<range.upperBound * size
    }
}

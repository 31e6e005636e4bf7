import Diagnostics
import Tensors

extension Tensor {
    /// The rows of several tensors, one after the other; their types and their extents beyond the first are the same.
    ///
    /// *Throws*: `shape` for tensors that differ there, `memory` when there is none.
    init(rows parts: [Tensor]) throws(TensorError) {
        guard let first = parts.first, first.shape.rank > 0 else {
            throw TensorError(.shape, "no tensors with rows, expected at least one")
        }
        let tail = first.shape.dimensions.dropFirst()
        var count = 0
        for part in parts {
            guard part.elementType == first.elementType, let rows = part.shape.dimensions.first,
                part.shape.dimensions.dropFirst() == tail
            else {
                throw TensorError(.shape, "rows of \(first.shape) and \(part.shape) differ")
            }
            count += rows
        }
        guard let shape = Shape([count] + tail) else { throw TensorError(.shape, "\(count) rows are too many") }
        let strings = parts.compactMap(\.strings)
        guard strings.isEmpty else {
            self = try Tensor(strings: strings.flatMap(\.self), shape: shape)
            return
        }
        let regions = parts.compactMap(\.region)
        let byteCount = regions.reduce(0) { $0 + $1.bytes.count }
        let region = try MemoryRegion.allocate(byteCount: byteCount, zeroed: false) { target in
            var offset = 0
            for region in regions {
                UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: region.bytes)
                offset += region.bytes.count
            }
        }
        self = try Tensor(elementType: first.elementType, shape: shape, region: region)
    }

    /// The rows in parts of so many each, without copying numbers; `nil` when there are not as many in all.
    func split(rows: [Int]) -> [Tensor]? {
        guard let total = shape.dimensions.first, total > 0, total == rows.reduce(0, +) else { return nil }
        var parts: [Tensor] = []
        var start = 0
        for count in rows {
            guard let shape = Shape([count] + shape.dimensions.dropFirst()),
                let part = part(start..<start + count, of: total, shape)
            else { return nil }
            parts.append(part)
            start += count
        }
        return parts
    }

    private func part(_ rows: Range<Int>, of total: Int, _ shape: Shape) -> Tensor? {
        switch storage {
        case .strings(let strings):
            let each = strings.count / total
            let range = rows.lowerBound * each..<rows.upperBound * each
            return try? Tensor(strings: Array(strings[range]), shape: shape)
        case .bytes(let region):
            let each = region.bytes.count / total
            let slice = region.slice(rows.lowerBound * each..<rows.upperBound * each)
            return slice.flatMap { try? Tensor(elementType: elementType, shape: shape, region: $0) }
        }
    }
}

extension InferenceResponse {
    /// The answers to requests of so many rows each; `nil` when an output has not as many rows as they have in all.
    func split(rows: [Int]) -> [InferenceResponse]? {
        var parts = rows.map { _ in [NamedTensor]() }
        for output in outputs {
            guard let tensors = output.tensor.split(rows: rows) else { return nil }
            for (index, tensor) in tensors.enumerated() {
                parts[index].append(NamedTensor(name: output.name, tensor: tensor))
            }
        }
        return parts.map { InferenceResponse(outputs: $0) }
    }
}

import Diagnostics
import OnnxIR
import Tensors

/// The greatest element of each row of a window up to the first that is masked, over all of its rows.
///
/// *Shapes*: the mask has the spatial axes of the input; its other axes may be shorter.
struct MaxpoolWithMask: Operator {
    let attributes: SpatialAttributes

    static let definition = OperatorDefinition("MaxpoolWithMask", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        MaxpoolWithMask(attributes: try SpatialAttributes(node))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(inputs.elementType(), attributes.inferred(inputs.shape()))]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (input, mask) = (try call.tensor(0), try call.tensor(1))
        let pool = try PoolWalk(input.shape, attributes, call)
        guard mask.shape.rank == input.shape.rank, mask.shape.dimensions[2...] == input.shape.dimensions[2...],
            mask.shape.elementCount > 0 || pool.planes == 0 || pool.window.inputSize == 0
        else {
            throw EngineError(.shape, "the mask has shape \(mask.shape), which does not fit \(input.shape)")
        }
        let (source, masked) = (try input.pointer(Float.self), try mask.pointer(Int32.self))
        let (size, maskPlanes) = (pool.window.inputSize, max(1, mask.shape[0] * mask.shape[1]))
        let rowLength = max(1, pool.window.kernel.last ?? 1)
        return [
            .tensor(
                try call.tensor(of: Float.self, pool.shape) { target in
                    pool.forEach { plane, place, offsets in
                        let start = source + plane * size
                        // SPEC: ONNX Runtime takes the rest as an element of the mask, not as a plane of it.
                        let mask = masked + plane * size % maskPlanes
                        var greatest = -Float.greatestFiniteMagnitude
                        for row in stride(from: 0, to: offsets.count, by: rowLength) {
                            for offset in offsets[row..<(row + rowLength)] where offset >= 0 {
                                // SPEC: the first element of a plane counts even where it is masked.
                                guard offset == 0 && pool.window.extents.count > 1 || mask[offset] != 0 else { break }
                                greatest = max(greatest, start[offset])
                            }
                        }
                        target[plane * pool.window.outputSize + place] = greatest
                    }
                }
            )
        ]
    }
}

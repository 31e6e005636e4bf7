import Diagnostics
import OnnxIR
import Tensors

/// The same elements under another shape; 0 keeps an extent, -1 takes what is left.
struct Reshape: Operator {
    let fixedShape: [Int]?
    let allowsZero: Bool

    static let definition = OperatorDefinition("Reshape", since: 1, 5, 13, 14, 19, 21, 23, 24, 25) {
        node throws(EngineError) in
        let shape = try node.ints("shape")
        return Reshape(
            fixedShape: node.version < 5 ? try node.required("shape", shape) : nil,
            allowsZero: try node.bool("allowzero", default: false)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let unknown = Facts.tensor(inputs.elementType())
        if fixedShape == nil, let vector = inputs.shape(1), vector.count != 1 { return [unknown] }
        guard let wanted = fixedShape ?? inputs[1].integers else {
            guard let extents = inputs[1].extents, !extents.contains(.fixed(0)), !extents.contains(.fixed(-1)) else {
                guard case .tensor(.int64, let shape) = inputs[1].type, let count = shape?.fixed?.first else {
                    return [unknown]
                }
                return [
                    count >= 0 && count <= 64
                        ? .tensor(inputs.elementType(), [Dimension](repeating: .unknown, count: count)) : unknown
                ]
            }
            return [.tensor(inputs.elementType(), extents)]
        }
        if let fixed = inputs[0].fixedShape, let shape = try? target(wanted, of: fixed) {
            return [.tensor(inputs.elementType(), shape.map { .fixed($0) })]
        }
        let source = inputs.shape()
        let shape = wanted.enumerated().map { axis, extent -> Dimension in
            if extent > 0 || (extent == 0 && allowsZero) { return .fixed(extent) }
            guard extent == 0, let source, axis < source.count else { return .unknown }
            return source[axis]
        }
        return [.tensor(inputs.elementType(), shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let wanted: [Int]
        if let fixedShape {
            wanted = fixedShape
        } else {
            let vector = try call.tensor(1)
            guard vector.shape.rank == 1 else {
                throw EngineError(.shape, "the shape has shape \(vector.shape), expected a vector")
            }
            wanted = try vector.integers("the shape")
        }
        let shape = try call.shape(target(wanted, of: input.shape))
        guard shape.elementCount == input.shape.elementCount else {
            throw EngineError(
                .shape,
                "\(input.shape) has \(input.shape.elementCount) elements, expected \(shape.elementCount) for \(wanted)"
            )
        }
        return [.tensor(try input.with(shape: shape))]
    }

    private func target(_ wanted: [Int], of shape: Shape) throws(EngineError) -> [Int] {
        var extents = wanted
        for (axis, extent) in wanted.enumerated() where extent == 0 && !allowsZero {
            guard axis < shape.rank else {
                throw EngineError(.shape, "shape \(wanted) keeps axis \(axis), which \(shape) does not have")
            }
            extents[axis] = shape[axis]
        }
        let open = extents.indices.filter { extents[$0] == -1 }
        guard open.count <= 1, extents.allSatisfy({ $0 >= -1 }) else {
            throw EngineError(.shape, "shape \(wanted) is not one, expected extents from 0 and at most one -1")
        }
        guard let axis = open.first else { return extents }
        extents[axis] = 1
        guard let rest = Shape(extents), rest.elementCount > 0, shape.elementCount % rest.elementCount == 0 else {
            throw EngineError(.shape, "\(shape) has \(shape.elementCount) elements, which \(wanted) does not divide")
        }
        extents[axis] = shape.elementCount / rest.elementCount
        return extents
    }
}

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
        let isVector = fixedShape != nil || inputs.shape(1)?.count ?? 1 == 1
        guard isVector, let wanted = fixedShape?.map({ Dimension.fixed($0) }) ?? inputs[1].extents else {
            let length = inputs.shape(1).flatMap { $0.count == 1 ? $0[0].extent : nil }
            let isRank = length.map { $0 >= 0 && $0 <= 64 } ?? false
            let shape = isRank ? [Dimension](repeating: .unknown, count: length ?? 0) : nil
            return [.tensor(inputs.elementType(), shape)]
        }
        var facts = Facts.tensor(inputs.elementType(), shape(wanted, inputs))
        if facts.shape?.count ?? 2 <= 1 { facts.extents = inputs[0].extents }
        return [facts]
    }

    private func shape(_ wanted: [Dimension], _ inputs: InputFacts) -> [Dimension] {
        if let fixed = wanted.fixed, let source = inputs[0].fixedShape, let shape = try? target(fixed, of: source) {
            return shape.map { .fixed($0) }
        }
        let source = inputs.shape()
        var shape = wanted.enumerated().map { axis, extent -> Dimension in
            guard extent == .fixed(0), !allowsZero else { return extent }
            return source.flatMap { axis < $0.count ? $0[axis] : nil } ?? .unknown
        }
        let open = shape.indices.filter { shape[$0] == .fixed(-1) }
        for axis in open { shape[axis] = .unknown }
        if let axis = open.first, open.count == 1, let source {
            var others = shape
            others.remove(at: axis)
            shape[axis] = others.missingExtent(of: source)
        }
        return shape.map { $0.extent ?? 0 < 0 ? .unknown : $0 }
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

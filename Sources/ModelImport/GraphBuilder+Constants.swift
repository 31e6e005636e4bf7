import Diagnostics
package import OnnxBuilder
import OnnxIR
package import Tensors

extension GraphBuilder {
    /// Adds an initializer with elements in row-major order; a vector where no shape is given.
    package mutating func constant<Element: TensorElement>(
        _ elements: [Element],
        shape: [Int]? = nil,
        name: String
    ) throws(ModelImportError) -> String {
        let tensor = try importing { () throws(TensorError) in
            try Tensor(elements, shape: shape.flatMap { Shape($0) })
        }
        return constant(tensor, name: name)
    }

    /// Adds an initializer of a floating-point type without axes.
    package mutating func scalar(
        _ value: Double,
        of type: ElementType,
        name: String
    ) throws(ModelImportError) -> String {
        type == .double
            ? try constant([value], shape: [], name: name) : try constant([Float(value)], shape: [], name: name)
    }

    /// Adds a node that casts to a type.
    package mutating func cast(_ value: String, to type: ElementType) -> String {
        node("Cast", [value], [Attribute("to", .int(Int64(type.rawValue)))])
    }
}

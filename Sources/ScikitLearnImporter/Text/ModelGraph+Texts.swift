import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

extension Attribute {
    static var firstAxis: Attribute { Attribute("axis", .int(0)) }
    static var secondAxis: Attribute { Attribute("axis", .int(1)) }
    static var toInt64: Attribute { Attribute("to", .int(Int64(ElementType.int64.rawValue))) }
}

extension ModelGraph {
    /// A constant vector of texts, which broadcasts as one where it has one element.
    func texts(_ elements: [String], name: String) throws(ModelImportError) -> String {
        let tensor = try importing { () throws(TensorError) in
            try Tensor(strings: elements, shape: Shape([elements.count]) ?? .scalar)
        }
        return builder.constant(tensor, name: name)
    }

    /// A constant whole number without axes.
    func integer(_ element: Int) throws(ModelImportError) -> String {
        let tensor = try importing { () throws(TensorError) in try Tensor([Int64(element)], shape: .scalar) }
        return builder.constant(tensor, name: "constant")
    }

    /// The extent of a value's second axis: int64, `[1]`.
    func width(of value: String) throws(ModelImportError) -> String {
        try builder.node(
            "Slice",
            [builder.node("Shape", [value]), integers([1], name: "start"), integers([2], name: "end")]
        )
    }

    /// Some columns of a value, from `start` to before `end`, which counts from the last one where it is negative.
    func columns(of value: String, from start: Int, to end: Int = .max, step: Int = 1) throws(ModelImportError)
        -> String
    {
        try builder.node(
            "Slice",
            [
                value, integers([start], name: "start"), integers([end], name: "end"), integers([1], name: "axis"),
                integers([step], name: "step"),
            ]
        )
    }

    /// Whether each text as a whole matches a pattern of RE2.
    func matches(_ texts: String, _ expression: String) -> String {
        builder.node("RegexFullMatch", [texts], [Attribute("pattern", .string(Array(expression.utf8)))])
    }
}

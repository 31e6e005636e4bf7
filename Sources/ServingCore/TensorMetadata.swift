import Diagnostics
import OnnxIR
import Tensors

/// What a model says about one of its inputs or outputs.
package struct TensorMetadata: Sendable, Hashable {
    /// The name.
    package let name: String
    /// The type of the elements.
    package let datatype: Datatype
    /// The extents, `nil` where they vary; `nil` as a whole where the model leaves the rank open.
    package let dimensions: [Int?]?

    /// The metadata of a value of a graph.
    ///
    /// *Throws*: `unsupported` for a value that the protocol cannot carry.
    init(_ info: ValueInfo, as role: String) throws(ServingError) {
        guard case .tensor(let elementType?, let shape) = info.type, let datatype = Datatype(elementType) else {
            throw ServingError(
                .unsupported,
                at: .item(role, info.name),
                "type `\(info.type.map(\.description) ?? "unknown")` is not served, expected a tensor of "
                    + Datatype.allCases.map(\.elementType.name).joined(separator: ", "),
                hint: "classifiers are exported without ZipMap unless `--zipmap` asks for it"
            )
        }
        name = info.name
        self.datatype = datatype
        dimensions = shape?.map { dimension in
            guard case .fixed(let extent) = dimension else { return nil }
            return extent
        }
    }

    /// The shape as the protocol writes it: -1 where an extent varies.
    package var wireShape: [Int] { dimensions?.map { $0 ?? -1 } ?? [-1] }
}

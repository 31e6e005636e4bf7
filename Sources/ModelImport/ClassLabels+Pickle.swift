import Diagnostics
package import ModelFormats
import Tensors

extension ClassLabels {
    /// The labels that an array of a pickle holds: numbers, booleans or text, as such or as objects.
    ///
    /// *Throws*: `unsupported` for labels of several types, and for lists of arrays.
    package init(_ value: PickleValue) throws(ModelFormatError) {
        if let objects = try value.objects() {
            let strings = objects.elements.compactMap(\.string)
            let ints = objects.elements.compactMap(\.int)
            if strings.count == objects.elements.count {
                self = .strings(strings)
            } else if ints.count == objects.elements.count {
                self = .ints(ints.map { Int64($0) })
            } else {
                throw ModelFormatError(.unsupported, "labels of several types are not supported")
            }
            return
        }
        guard let array = try value.numPyArray() else {
            throw ModelFormatError(.unsupported, "labels for several outputs are not supported, expected one array")
        }
        self =
            switch array.type.elementType {
            case .string: .strings(try array.tensor().strings ?? [])
            case .bool: .bools(try array.integers().map { $0 != 0 })
            case .float, .double, .float16: .doubles(try array.doubles())
            default: .ints(try array.integers().map { Int64($0) })
            }
    }
}

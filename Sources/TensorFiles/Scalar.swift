import Diagnostics
import JSON
import Tensors

/// An element as a text file spells it.
enum Scalar {
    case number(String)
    case bool(Bool)
    case text(String)

    /// A tensor of `elementType` from elements in row-major order.
    ///
    /// *Throws*: `value` for the first element that the type does not hold, placed by `place`; `unsupported` for types
    /// that text does not carry.
    static func tensor(
        _ scalars: [Scalar],
        elementType: ElementType,
        shape: Shape,
        place: (Int) -> Place
    ) throws(TensorFileError) -> Tensor {
        switch elementType {
        case .float: try tensor(scalars, shape, place) { $0.double.map { Float($0) } }
        case .double: try tensor(scalars, shape, place) { $0.double }
        case .float16: try tensor(scalars, shape, place) { $0.double.map { Float16($0) } }
        case .bfloat16: try tensor(scalars, shape, place) { $0.double.map { BFloat16(Float($0)) } }
        case .int8: try tensor(scalars, shape, place) { $0.integer(Int8.self) }
        case .int16: try tensor(scalars, shape, place) { $0.integer(Int16.self) }
        case .int32: try tensor(scalars, shape, place) { $0.integer(Int32.self) }
        case .int64: try tensor(scalars, shape, place) { $0.integer(Int64.self) }
        case .uint8: try tensor(scalars, shape, place) { $0.integer(UInt8.self) }
        case .uint16: try tensor(scalars, shape, place) { $0.integer(UInt16.self) }
        case .uint32: try tensor(scalars, shape, place) { $0.integer(UInt32.self) }
        case .uint64: try tensor(scalars, shape, place) { $0.integer(UInt64.self) }
        case .bool: try tensor(scalars, shape, place) { $0.truth }
        case .string: try strings(scalars, shape)
        default:
            throw TensorFileError(
                .unsupported,
                "elements of type `\(elementType.name)` are not read from text",
                hint: "give an ONNX .pb file"
            )
        }
    }

    private static func tensor<Element: TensorElement>(
        _ scalars: [Scalar],
        _ shape: Shape,
        _ place: (Int) -> Place,
        _ convert: (Scalar) -> Element?
    ) throws(TensorFileError) -> Tensor {
        var elements: [Element] = []
        elements.reserveCapacity(scalars.count)
        for (index, scalar) in scalars.enumerated() {
            guard let element = convert(scalar) else {
                let message = "\(scalar) is no `\(Element.elementType.name)`"
                throw TensorFileError(.value, at: place(index), message)
            }
            elements.append(element)
        }
        do {
            return try Tensor(elements, shape: shape)
        } catch {
            throw TensorFileError(error)
        }
    }

    private static func strings(_ scalars: [Scalar], _ shape: Shape) throws(TensorFileError) -> Tensor {
        let strings = scalars.map { scalar in
            switch scalar {
            case .number(let text), .text(let text): text
            case .bool(let value): value ? "true" : "false"
            }
        }
        do {
            return try Tensor(strings: strings, shape: shape)
        } catch {
            throw TensorFileError(error)
        }
    }

    private var double: Double? {
        switch self {
        case .number(let text): Double(text)
        case .text("NaN"), .text("nan"), .text(""): .nan
        case .text("Infinity"), .text("inf"): .infinity
        case .text("-Infinity"), .text("-inf"): -.infinity
        case .text, .bool: nil
        }
    }

    private func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        guard case .number(let text) = self else { return nil }
        return Integer(text) ?? Double(text).flatMap { Integer(exactly: $0) }
    }

    private var truth: Bool? {
        switch self {
        case .bool(let value): value
        case .number("0"), .text("false"), .text("False"): false
        case .number("1"), .text("true"), .text("True"): true
        case .number, .text: nil
        }
    }
}

extension Scalar: CustomStringConvertible {
    /// The element as an error names it: a number as it stands, text in quotes.
    var description: String {
        switch self {
        case .number(let text): "`\(text)`"
        case .bool(let value): "`\(value)`"
        case .text(let text): "`\"\(text)\"`"
        }
    }
}

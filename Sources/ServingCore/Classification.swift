import Diagnostics
import Glibc
import Tensors

extension InferenceResponse {
    /// The outputs, some of them with their highest values in place of all.
    ///
    /// *Parameter* counts: how many values are wanted of an output, by its name.
    /// *Throws*: `output` for an output that has no order.
    package func outputs(
        classifying counts: [String: Int],
        of model: ServedModel
    ) throws(ServingError) -> [NamedTensor] {
        var outputs = outputs
        for (index, output) in outputs.enumerated() {
            guard let count = counts[output.name] else { continue }
            let tensor = try locating(.item("output", output.name)) { () throws(ServingError) in
                try highest(count, of: output.tensor, isBatched: model.isBatched) { index in
                    model.settings.classNames.name(index, of: output.name)
                }
            }
            outputs[index] = NamedTensor(name: output.name, tensor: tensor)
        }
        return outputs
    }
}

/// The highest values of a tensor, highest first, as `value:index` or `value:index:name`; of each row of a batch.
///
/// *Source*: Triton, Classification Extension.
private func highest(
    _ count: Int,
    of tensor: Tensor,
    isBatched: Bool,
    name: (Int) -> String?
) throws(ServingError) -> Tensor {
    do throws(TensorError) {
        let strings: [String]? =
            switch tensor.elementType {
            case .float: try ranks(tensor, Float.self, count, isBatched, name) { decimals(Double($0)) }
            case .double: try ranks(tensor, Double.self, count, isBatched, name, decimals)
            case .int8: try ranks(tensor, Int8.self, count, isBatched, name) { "\($0)" }
            case .int16: try ranks(tensor, Int16.self, count, isBatched, name) { "\($0)" }
            case .int32: try ranks(tensor, Int32.self, count, isBatched, name) { "\($0)" }
            case .int64: try ranks(tensor, Int64.self, count, isBatched, name) { "\($0)" }
            case .uint8: try ranks(tensor, UInt8.self, count, isBatched, name) { "\($0)" }
            case .uint16: try ranks(tensor, UInt16.self, count, isBatched, name) { "\($0)" }
            case .uint32: try ranks(tensor, UInt32.self, count, isBatched, name) { "\($0)" }
            case .uint64: try ranks(tensor, UInt64.self, count, isBatched, name) { "\($0)" }
            default: nil
            }
        if let strings {
            let rowCount = isBatched ? tensor.shape.dimensions.first ?? 1 : 1
            let extents = [rowCount, strings.count / max(rowCount, 1)]
            return try Tensor(strings: strings, shape: Shape(isBatched ? extents : [strings.count]) ?? .scalar)
        }
    } catch {
        throw ServingError(.resources, error.message)
    }
    throw ServingError(.output, "the output has no highest values, expected numbers, got \(tensor.elementType.name)")
}

private func ranks<Element: TensorElement & Comparable>(
    _ tensor: Tensor,
    _ type: Element.Type,
    _ count: Int,
    _ isBatched: Bool,
    _ name: (Int) -> String?,
    _ text: (Element) -> String
) throws(TensorError) -> [String] {
    let values = try tensor.elements(as: type)
    let rowCount = isBatched ? tensor.shape.dimensions.first ?? 1 : 1
    let columnCount = values.count / max(rowCount, 1)
    var strings: [String] = []
    for start in stride(from: 0, to: values.count, by: max(columnCount, 1)) {
        let row = start..<start + columnCount
        // What is no number comes last, and of equal values the first comes first.
        let order = row.sorted { first, second in
            let (value, other) = (values[first], values[second])
            if value == other { return first < second }
            return other == other ? value > other : value == value
        }
        strings += order.prefix(count).map { place in
            "\(text(values[place])):\(place - start)" + (name(place - start).map { ":\($0)" } ?? "")
        }
    }
    return strings
}

/// A number with six decimals, as C writes it.
private func decimals(_ value: Double) -> String {
    var text = [CChar](repeating: 0, count: 512)
    _ = withVaList([value]) { vsnprintf(&text, text.count, "%f", $0) }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
